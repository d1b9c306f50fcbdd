package io.framegate.bench.peer;

/**
 * The one message of the benchmark, as a peer that writes bytes by hand does it.
 *
 * <pre>
 *  request   int32 100101, int32 5, 'N', int32 number
 *  response  int32 500101, int32 size, 'N', int32 code units, UTF-16LE "welcome:&lt;number&gt;"
 * </pre>
 */
final class Welcome {

    static final int REQUEST_ID = 100101;
    static final int RESPONSE_ID = 500101;
    static final int HEADER_BYTES = 8;

    private Welcome() {}

    /** The work: what a worker bean does. */
    static String work(int number) {
        return "welcome:" + number;
    }

    /** Bytes of the body of a response. */
    static int bodyBytes(String text) {
        return 1 + 4 + 2 * text.length();
    }
}
