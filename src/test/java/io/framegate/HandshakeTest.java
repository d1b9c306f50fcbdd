package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.metrics.MessageMetrics;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TlsFixture;
import io.framegate.tls.TlsContext;
import io.framegate.transport.AccessRules;
import io.framegate.transport.AddressRanges;
import io.framegate.transport.CloseReason;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets in: lists of addresses, and what trusted proxies say of their clients. */
@Timeout(60)
class HandshakeTest {

    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final AddressRanges LOOPBACK = AddressRanges.of(List.of("127.0.0.0/8", "::1"));
    private static final AddressRanges ELSEWHERE = AddressRanges.of(List.of("10.9.9.0/24"));

    private static AccessRules lists(AddressRanges allow, AddressRanges deny) {
        return new AccessRules(allow, deny, false, AddressRanges.NONE, null);
    }

    private static AccessRules behind(AddressRanges proxies, AddressRanges deny, @Nullable TlsContext tls) {
        return new AccessRules(AddressRanges.NONE, deny, true, proxies, tls);
    }

    private static Gate gate(AccessRules rules) throws IOException {
        return Gate.builder().rules(rules).start();
    }

    private static byte[] line(String text) {
        return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] second(int command, int family, String source, String destination, int more) {
        try {
            byte[] from = InetAddress.getByName(source).getAddress();
            byte[] to = InetAddress.getByName(destination).getAddress();
            return ByteBuffer.allocate(16 + from.length + to.length + 4 + more)
                    .put(SIGNATURE)
                    .put((byte) command)
                    .put((byte) family)
                    .putShort((short) (from.length + to.length + 4 + more))
                    .put(from)
                    .put(to)
                    .putShort((short) 51000)
                    .putShort((short) 7400)
                    .array();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bare(int command, int family, int announced) {
        return ByteBuffer.allocate(16)
                .put(SIGNATURE)
                .put((byte) command)
                .put((byte) family)
                .putShort((short) announced)
                .array();
    }

    // ---------------------------------------------------------------- lists

    @Test
    void closesWhatIsDeniedBeforeAByteIsRead() throws Exception {
        for (AccessRules rules : List.of(lists(AddressRanges.NONE, LOOPBACK), lists(ELSEWHERE, AddressRanges.NONE))) {
            try (Gate gate = gate(rules)) {
                for (int i = 1; i <= 3; i++) {
                    int count = i;
                    try (RawClient client = gate.connect()) {
                        assertTrue(isEnded(client, Frames.of(new WelcomeRequest(1))));
                    }
                    Gate.await(() -> closed(gate, CloseReason.ADDRESS_DENIED) == count);
                }
                assertEquals(0, gate.info().bytesRead());
                assertEquals(0, gate.info().bytesWritten());
                assertEquals(0, gate.info().connectionsOpen());
            }
        }
    }

    @Test
    void letsInWhatIsAllowedAndNotDenied() throws Exception {
        try (Gate gate = gate(lists(LOOPBACK, ELSEWHERE))) {
            assertServes(gate);
        }
    }

    // ---------------------------------------------------------------- PROXY protocol

    static Stream<List<Object>> headers() {
        return Stream.of(
                List.of(line("PROXY TCP4 203.0.113.7 192.0.2.1 51000 7400"), "/203.0.113.7:51000"),
                List.of(line("PROXY TCP4 0.0.0.0 0.0.0.0 0 0"), "/0.0.0.0:0"),
                List.of(line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535"), "/255.255.255.255:65535"),
                List.of(line("PROXY TCP6 2001:db8::7 2001:db8::1 51000 7400"), "/[2001:db8:0:0:0:0:0:7]:51000"),
                List.of(second(0x21, 0x11, "203.0.113.7", "192.0.2.1", 0), "/203.0.113.7:51000"),
                List.of(second(0x21, 0x21, "2001:db8::7", "2001:db8::1", 0), "/[2001:db8:0:0:0:0:0:7]:51000"),
                // With extensions, which are not read.
                List.of(second(0x21, 0x11, "203.0.113.7", "192.0.2.1", 300), "/203.0.113.7:51000"),
                List.of(second(0x21, 0x11, "203.0.113.7", "192.0.2.1", 4084), "/203.0.113.7:51000"),
                // No word of a client: it is the proxy itself.
                List.of(line("PROXY UNKNOWN"), "/127.0.0.1:"),
                List.of(line("PROXY UNKNOWN ffff:f::1 ffff:f::2 1 2"), "/127.0.0.1:"),
                List.of(bare(0x20, 0x00, 0), "/127.0.0.1:"),
                List.of(second(0x20, 0x11, "203.0.113.7", "192.0.2.1", 0), "/127.0.0.1:"),
                List.of(bare(0x21, 0x00, 0), "/127.0.0.1:"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void takesTheClientsAddressFromATrustedProxy(List<Object> given) throws Exception {
        byte[] header = (byte[]) given.get(0);
        byte[] request = Frames.of(new WelcomeRequest(1));
        try (Gate gate = gate(behind(LOOPBACK, AddressRanges.NONE, null))) {
            // In one segment with the first frame, byte by byte, and split at every byte.
            for (int split = -1; split <= Math.min(header.length, 120); split++) {
                try (RawClient client = gate.connect()) {
                    byte[] all = Frames.concat(header, request);
                    if (split < 0) {
                        client.sendInPieces(all, 1);
                    } else {
                        client.send(Frames.first(all, split));
                        client.send(java.util.Arrays.copyOfRange(all, split, all.length));
                    }
                    assertEquals(
                            "welcome:1", client.receive(WelcomeResponse.class).text());
                    String remote = gate.listener()
                            .connections()
                            .get(0)
                            .peer()
                            .address()
                            .toString();
                    assertTrue(remote.startsWith((String) given.get(1)), remote);
                }
                Gate.await(() -> gate.listener().connections().isEmpty());
            }
        }
    }

    static Stream<byte[]> malformedHeaders() {
        return Stream.of(
                Frames.of(new WelcomeRequest(1)),
                line("PROXI TCP4 1.2.3.4 1.2.3.4 1 2"),
                line("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2"),
                line("PROXY TCP5 1.2.3.4 1.2.3.4 1 2"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 1"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3"),
                line("PROXY TCP4 1.2.3.400 1.2.3.4 1 2"),
                line("PROXY TCP4 host.example 1.2.3.4 1 2"),
                line("PROXY TCP4 ::1 1.2.3.4 1 2"),
                line("PROXY TCP6 1.2.3.4 ::1 1 2"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 01 2"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2"),
                line("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 "),
                "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n".getBytes(StandardCharsets.US_ASCII),
                "PROXY TCP4 1.2.3.4\n1.2.3.4 1 2\r\n".getBytes(StandardCharsets.US_ASCII),
                ("PROXY UNKNOWN " + "x".repeat(200)).getBytes(StandardCharsets.US_ASCII),
                bare(0x11, 0x11, 12),
                bare(0x22, 0x11, 0),
                bare(0x21, 0x11, 0),
                ByteBuffer.allocate(27).put(bare(0x21, 0x11, 11)).array(),
                ByteBuffer.allocate(28).put(bare(0x21, 0x21, 12)).array(),
                second(0x21, 0x12, "203.0.113.7", "192.0.2.1", 0),
                bare(0x21, 0x31, 0),
                bare(0x21, 0x11, 4097),
                bare(0x20, 0x00, 65535),
                HexFormat.of().parseHex("0d0a0d0a000d0a515549540b"));
    }

    @ParameterizedTest
    @MethodSource("malformedHeaders")
    void closesAtAMalformedHeader(byte[] header) throws Exception {
        try (Gate gate = gate(behind(LOOPBACK, AddressRanges.NONE, null))) {
            try (RawClient whole = gate.connect();
                    RawClient sliced = gate.connect()) {
                assertTrue(isEnded(whole, header));
                for (byte one : header) {
                    try {
                        sliced.send(new byte[] {one});
                    } catch (SocketException e) {
                        break; // It was closed at the byte that can't be.
                    }
                }
                assertTrue(isEnded(sliced));
            }
            Gate.await(() -> closed(gate, CloseReason.PROXY_MALFORMED) == 2);
            assertEquals(0, received(gate));
            assertEquals(0, gate.info().connectionsOpen());
        }
    }

    @Test
    void closesAHeaderThatStalls() throws Exception {
        TransportLimits quick = TransportLimits.builder()
                .readTimeout(Duration.ofMillis(300))
                .minBodyBytesPerSecond(1)
                .build();
        byte[] header = second(0x21, 0x11, "203.0.113.7", "192.0.2.1", 0);
        try (Gate gate = Gate.builder()
                .limits(quick)
                .rules(behind(LOOPBACK, AddressRanges.NONE, null))
                .start()) {
            List<RawClient> stalled = new java.util.ArrayList<>();
            for (int bytes = 0; bytes < header.length; bytes++) {
                stalled.add(gate.connect().send(Frames.first(header, bytes)));
            }
            for (RawClient client : stalled) {
                assertTrue(isEnded(client));
                client.close();
            }
            Gate.await(() -> closed(gate, CloseReason.READ_TIMEOUT) == header.length);
        }
    }

    @Test
    void believesNobodyWhoIsNoTrustedProxy() throws Exception {
        try (Gate gate = gate(behind(ELSEWHERE, AddressRanges.NONE, null))) {
            try (RawClient forger = gate.connect()) {
                assertTrue(isEnded(forger, second(0x21, 0x11, "203.0.113.7", "192.0.2.1", 0)));
            }
            Gate.await(() -> closed(gate, CloseReason.PROXY_UNTRUSTED) == 1);
            // The application's own client speaks for nobody else.
            try (FramegateClient own = FramegateClient.builder()
                    .port(gate.listener().address().getPort())
                    .proxyProtocol(true)
                    .build()) {
                assertEquals(
                        "welcome:1",
                        own.send(new WelcomeRequest(1), WelcomeResponse.class)
                                .join()
                                .text());
            }
        }
    }

    @Test
    void deniesTheClientsAddressAndNotTheProxys() throws Exception {
        AddressRanges denied = AddressRanges.of(List.of("203.0.113.0/24"));
        try (Gate gate = gate(behind(LOOPBACK, denied, null))) {
            try (RawClient client = gate.connect()) {
                assertTrue(isEnded(client, line("PROXY TCP4 203.0.113.7 192.0.2.1 51000 7400")));
            }
            Gate.await(() -> closed(gate, CloseReason.ADDRESS_DENIED) == 1);
            try (RawClient client = gate.connect()) {
                client.send(line("PROXY TCP4 198.51.100.7 192.0.2.1 51000 7400"), Frames.of(new WelcomeRequest(1)));
                assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
            }
        }
    }

    @Test
    void shakesHandsAfterTheHeader(@TempDir Path directory) throws Exception {
        TlsFixture fixture = new TlsFixture(directory);
        try (Gate gate = gate(behind(LOOPBACK, AddressRanges.NONE, fixture.server()))) {
            InetSocketAddress address = gate.listener().address();
            Socket plain = TlsFixture.plain(address);
            plain.getOutputStream().write(line("PROXY TCP4 203.0.113.7 192.0.2.1 51000 7400"));
            try (RawClient client = new RawClient(TlsFixture.handshaken(fixture.client(), plain, address, "TLSv1.3"))) {
                client.send(Frames.of(new WelcomeRequest(1)));
                assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
                assertEquals(
                        "/203.0.113.7:51000",
                        gate.listener().connections().get(0).peer().address().toString());
            }
            try (FramegateClient own = FramegateClient.builder()
                    .port(address.getPort())
                    .proxyProtocol(true)
                    .tls(fixture.client())
                    .build()) {
                assertEquals(
                        "welcome:2",
                        own.send(new WelcomeRequest(2), WelcomeResponse.class)
                                .join()
                                .text());
            }
        }
    }

    // ---------------------------------------------------------------- what tests share

    /** Whether the server ends the connection, by its end or by a reset, without a word. */
    private static boolean isEnded(RawClient client, byte[]... sent) throws IOException {
        try {
            client.send(sent);
            assertNull(client.receive());
        } catch (SocketException e) {
            return true;
        }
        return true;
    }

    private static void assertServes(Gate gate) throws IOException {
        try (RawClient client = gate.connect()) {
            client.send(Frames.of(new WelcomeRequest(1)));
            assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
        }
    }

    private static long closed(Gate gate, CloseReason reason) {
        return gate.info().closedByReason().getOrDefault(reason.name(), 0L);
    }

    private static long received(Gate gate) {
        return gate.info().messages().stream()
                .mapToLong(MessageMetrics::received)
                .sum();
    }
}
