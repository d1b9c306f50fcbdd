package io.framegate.launch;

/** Framegate could not be started, or did not stay up; the message is the sentence for the person who tried. */
public final class LaunchFailure extends Exception {

    private static final long serialVersionUID = 1L;

    LaunchFailure(String sentence) {
        super(sentence);
    }

    LaunchFailure(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
