package io.framegate.transport;

import io.framegate.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The input is what comes first from a proxy. However it is sliced, the same header is found in the same number of bytes, or
 * it is malformed.
 */
public final class ProxyHeaderFuzz implements FuzzTarget {

    private static final String MALFORMED = "malformed";
    private static final String INCOMPLETE = "incomplete";
    private static final String COMPLETE = "complete after ";

    @Override
    public void take(byte[] input) {
        String whole = read(input, Integer.MAX_VALUE);
        for (int most : new int[] {1, 3}) {
            String sliced = read(input, most);
            // That it is malformed may show sooner by one way than by the other.
            boolean unfinished = !whole.startsWith(COMPLETE) && !sliced.startsWith(COMPLETE);
            if (!unfinished && !sliced.equals(whole)) {
                throw new AssertionError(whole + ", but " + sliced + " by " + most + " bytes at a time");
            }
        }
    }

    /** As an entrance reads it: never more than is wanted. */
    private static String read(byte[] input, int most) {
        byte[] header = new byte[ProxyHeader.MAX_BYTES];
        int got = 0;
        try {
            while (true) {
                int wanted = ProxyHeader.bytesWanted(header, got);
                if (wanted < 0 || got + wanted > ProxyHeader.MAX_BYTES) {
                    throw new AssertionError(wanted + " bytes are wanted after " + got);
                }
                if (wanted == 0) {
                    return COMPLETE + got + " bytes: " + ProxyHeader.parse(Arrays.copyOf(header, got), got);
                }
                int come = Math.min(Math.min(wanted, most), input.length - got);
                if (come == 0) {
                    return INCOMPLETE;
                }
                System.arraycopy(input, got, header, got, come);
                got += come;
            }
        } catch (ProxyHeader.MalformedException expected) {
            return MALFORMED;
        }
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        for (String line : List.of(
                "PROXY TCP4 192.0.2.7 198.51.100.1 51000 7400\r\nafter",
                "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
                "PROXY TCP6 2001:db8::7 2001:db8::1 51000 7400\r\n",
                "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n",
                "PROXY UNKNOWN\r\n",
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n",
                "GET / HTTP/1.1\r\n")) {
            seeds.add(line.getBytes(StandardCharsets.US_ASCII));
        }
        String signature = "0d0a0d0a000d0a515549540a";
        for (String rest : List.of(
                "2111000cc0000207c6336401c7381ce8",
                "21210024" + "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "c7381ce8",
                "21110013c0000207c6336401c7381ce804000400000000",
                "20000000",
                "21000000",
                "2131000200")) {
            seeds.add(HexFormat.of().parseHex(signature + rest));
        }
        return seeds;
    }
}
