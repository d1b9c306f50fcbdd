package io.framegate.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes what went over a connection as a capture file (pcap, Ethernet), as if it had been seen on a wire: in segments of
 * a size that cuts frames apart, each with the sequence number that it has in its stream.
 */
public final class Capture {

    private static final int CLIENT_PORT = 40000;
    private static final int ETHERNET = 1;
    private static final byte SYN = 2;
    private static final byte ACK = 16;

    private final int serverPort;
    private final int segmentBytes;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int[] next = {1000, 5000};
    private int packets;

    public Capture(int serverPort, int segmentBytes) {
        this.serverPort = serverPort;
        this.segmentBytes = segmentBytes;
        out.writeBytes(ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65535)
                .putInt(ETHERNET)
                .array());
        segment(true, SYN, new byte[0]);
        segment(false, (byte) (SYN | ACK), new byte[0]);
        next[0]++;
        next[1]++;
        segment(true, ACK, new byte[0]);
    }

    public Capture fromClient(byte[] bytes) {
        return data(true, bytes);
    }

    public Capture fromServer(byte[] bytes) {
        return data(false, bytes);
    }

    /** The whole file. */
    public byte[] file() {
        return out.toByteArray();
    }

    private Capture data(boolean client, byte[] bytes) {
        for (int from = 0; from < bytes.length; from += segmentBytes) {
            segment(client, ACK, Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + segmentBytes)));
        }
        return this;
    }

    private void segment(boolean client, byte flags, byte[] data) {
        int from = client ? 0 : 1;
        ByteBuffer packet = ByteBuffer.allocate(14 + 20 + 20 + data.length);
        packet.put(new byte[12]).putShort((short) 0x0800);
        packet.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (40 + data.length))
                .putInt(0)
                .put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0)
                .putInt(0x7F000001)
                .putInt(0x7F000001);
        packet.putShort((short) (client ? CLIENT_PORT : serverPort))
                .putShort((short) (client ? serverPort : CLIENT_PORT))
                .putInt(next[from])
                .putInt((flags & ACK) == 0 ? 0 : next[1 - from])
                .put((byte) 0x50)
                .put(flags)
                .putShort((short) 0xFFFF)
                .putInt(0)
                .put(data);
        next[from] += data.length;
        out.writeBytes(ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1_700_000_000)
                .putInt(packets++)
                .putInt(packet.position())
                .putInt(packet.position())
                .array());
        out.writeBytes(packet.array());
    }
}
