package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.cli.ExitCode;
import io.framegate.client.cli.FramegateCommand;
import io.framegate.contract.explain.CaptureExplainer;
import io.framegate.contract.explain.CaptureExplainer.Found;
import io.framegate.message.Compression;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Capture;
import io.framegate.testkit.Frames;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureExplainerTest {

    private static final int PORT = 7400;
    private static final int FILE_HEADER = 24;
    private static final int PACKET_HEADER = 16;
    private static final int ETHERNET_IP_TCP = 54;

    @Test
    void findsEveryFrameOfAConversation() throws Exception {
        List<byte[]> frames = Exchanges.ofEachMessage(Compression.ZLIB);
        for (int segmentBytes : new int[] {7, 1400}) {
            Capture capture = new Capture(PORT, segmentBytes);
            for (int i = 0; i < frames.size(); i += 2) {
                capture.fromClient(frames.get(i)).fromServer(frames.get(i + 1));
            }
            List<Found> all = explain(capture.file());
            assertEquals(frames.size(), all.size());
            for (int i = 0; i < all.size(); i++) {
                String name = ContractTest.CONTRACT
                        .message(FrameHeader.id(frames.get(i), 0))
                        .orElseThrow()
                        .name();
                assertTrue(all.get(i).title().endsWith(": " + name), all.get(i).title());
                assertFalse(all.get(i).fault(), all.get(i)::toString);
            }
        }
    }

    @Test
    void readsReorderedAndRepeatedPackets() {
        byte[] links = Frames.golden("links");
        byte[] file = new Capture(PORT, 20)
                .fromClient(Frames.golden("load-links-by-area"))
                .fromServer(links)
                .file();
        List<byte[]> packets = packets(file);
        // The last before the others, and once more at the end.
        packets.add(3, packets.remove(packets.size() - 1));
        packets.add(packets.get(4));
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            List<Found> all = explain(pcapng(packets, order));
            assertEquals(2, all.size());
            assertTrue(all.stream().noneMatch(Found::fault), all::toString);
            assertTrue(all.get(1).lines().stream().anyMatch(line -> line.contains("Z\u00FCr")), all::toString);
        }
    }

    @Test
    void locatesAFlippedByte() {
        byte[] damaged = Frames.golden("links");
        // The highest byte of the first link's road class.
        int at = FrameHeader.BYTES + 1 + 4 + 31;
        damaged[at] ^= 0x40;
        List<Found> all = explain(new Capture(PORT, 16)
                .fromServer(damaged)
                .fromServer(Frames.of(new WelcomeResponse("welcome:1")))
                .file());
        assertEquals(2, all.size());
        assertTrue(all.get(0).fault());
        List<String> lines = all.get(0).lines();
        assertTrue(
                lines.get(lines.size() - 1).startsWith("ERROR at byte " + (at - 3) + ", links[0].roadClass: "),
                lines::toString);
        assertFalse(all.get(1).fault());
    }

    @Test
    void followsAHelloThatAgreesOnRequestIds() {
        List<Found> all = explain(new Capture(PORT, 1400)
                .fromClient(Frames.of(new HelloRequest(1, "test", new int[] {1, 2})))
                .fromServer(Frames.of(new HelloResponse(1, "server", new int[] {1, 2}, 1000, 10, false)))
                .fromClient(Frames.withRequestId(77, Frames.of(new WelcomeRequest(3))))
                .fromServer(Frames.withRequestId(77, Frames.of(new WelcomeResponse("welcome:3"))))
                .file());
        assertEquals(4, all.size());
        assertTrue(all.stream().noneMatch(Found::fault), all::toString);
        assertTrue(all.get(2).title().contains("WelcomeRequest, request id 77"), all::toString);
        assertTrue(all.get(3).lines().stream().anyMatch(line -> line.contains("welcome:3")), all::toString);
    }

    @Test
    void saysWhatIsMissing() {
        byte[] file = new Capture(PORT, 20).fromServer(Frames.golden("links")).file();
        List<byte[]> packets = packets(file);
        packets.remove(4);
        List<Found> all = explain(pcapng(packets, ByteOrder.LITTLE_ENDIAN));
        assertTrue(
                all.get(all.size() - 1).title().endsWith("the capture lacks 20 bytes, what follows them is left out"),
                all::toString);
        assertTrue(all.stream().allMatch(Found::fault), all::toString);
    }

    @Test
    void isWhatTheCommandSays(@TempDir Path folder) throws Exception {
        Path capture = Files.write(
                folder.resolve("traffic.pcap"),
                new Capture(PORT, 1400)
                        .fromClient(Frames.of(new WelcomeRequest(7)))
                        .file());
        var out = new StringWriter();
        assertEquals(
                ExitCode.OK,
                FramegateCommand.commandLine(new PrintWriter(out, true), new PrintWriter(new StringWriter()))
                        .execute("explain", "--file", capture.toString()));
        assertTrue(
                out.toString()
                        .startsWith(
                                "packet 4, 127.0.0.1:40000 to 127.0.0.1:7400, byte 0 of the stream: WelcomeRequest"),
                out.toString());
        assertTrue(out.toString().contains("number (int32) = 7"), out.toString());
        assertThrows(IllegalArgumentException.class, () -> explain(new byte[100]));
    }

    private static List<Found> explain(byte[] file) {
        return CaptureExplainer.explain(ContractTest.CONTRACT, file);
    }

    /** Of a pcap as the test kit writes it. */
    private static List<byte[]> packets(byte[] pcap) {
        ByteBuffer in = ByteBuffer.wrap(pcap).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> packets = new ArrayList<>();
        for (int at = FILE_HEADER; at < pcap.length; ) {
            int length = in.getInt(at + 8);
            packets.add(Arrays.copyOfRange(pcap, at + PACKET_HEADER, at + PACKET_HEADER + length));
            at += PACKET_HEADER + length;
        }
        assertTrue(packets.stream().allMatch(packet -> packet.length >= ETHERNET_IP_TCP));
        return packets;
    }

    private static byte[] pcapng(List<byte[]> packets, ByteOrder order) {
        ByteBuffer out = ByteBuffer.allocate(1 << 20).order(order);
        out.putInt(0x0A0D0D0A).putInt(28).putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0);
        out.putLong(-1).putInt(28);
        out.putInt(1)
                .putInt(20)
                .putShort((short) 1)
                .putShort((short) 0)
                .putInt(0)
                .putInt(20);
        for (byte[] packet : packets) {
            int padded = (packet.length + 3) / 4 * 4;
            out.putInt(6)
                    .putInt(32 + padded)
                    .putInt(0)
                    .putLong(0)
                    .putInt(packet.length)
                    .putInt(packet.length);
            out.put(packet).put(new byte[padded - packet.length]).putInt(32 + padded);
        }
        return Arrays.copyOf(out.array(), out.position());
    }
}
