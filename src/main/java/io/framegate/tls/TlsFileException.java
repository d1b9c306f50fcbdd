package io.framegate.tls;

/** A key or certificate that can't be used, in a sentence that says what to change. It never holds a password. */
public final class TlsFileException extends Exception {

    private static final long serialVersionUID = 1L;

    TlsFileException(String sentence) {
        super(sentence);
    }
}
