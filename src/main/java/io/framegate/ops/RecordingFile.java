package io.framegate.ops;

import io.framegate.transport.CapturedFrames;
import io.framegate.transport.CapturedFrames.Frame;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/**
 * A recording as a capture file that Wireshark opens: pcapng (draft-ietf-opsawg-pcapng), packets of bare IP. They are as if the
 * frames had just been seen on a wire, one after the other without a loss; TLS, acknowledgements and checksums are not
 * there.
 *
 * <p>Where the recording begins after the connection, a reader can't know of a hello, so frames are told without their request
 * ids, as they were in version 1 of the protocol; these are in comments of the packets then, and so is where frames were left out.
 */
public final class RecordingFile {

    private static final int SECTION = 0x0A0D0D0A;
    private static final int BYTE_ORDER = 0x1A2B3C4D;
    private static final int INTERFACE = 1;
    private static final int PACKET = 6;
    private static final int LINK_RAW_IP = 101;
    private static final int OPTION_COMMENT = 1;
    private static final int MAX_SEGMENT_BYTES = 32 * 1024;
    private static final int TCP_HEADER_BYTES = 20;
    private static final byte SYN = 2;
    private static final byte PUSH = 8;
    private static final byte ACK = 16;

    private final CapturedFrames recording;
    private final byte[] client;
    private final byte[] server;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int clientNext = 1;
    private int serverNext = 1;

    private RecordingFile(CapturedFrames recording) {
        this.recording = recording;
        byte[] clientAddress = recording.client().getAddress().getAddress();
        byte[] serverAddress = recording.server().getAddress().getAddress();
        boolean alike = clientAddress.length == serverAddress.length;
        client = alike ? clientAddress : asVersion6(clientAddress);
        server = alike ? serverAddress : asVersion6(serverAddress);
    }

    /** The whole file. */
    public static byte[] of(CapturedFrames recording) {
        return new RecordingFile(recording).write();
    }

    private byte[] write() {
        block(
                SECTION,
                bytes(16)
                        .putInt(BYTE_ORDER)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putLong(-1));
        block(
                INTERFACE,
                bytes(8).putShort((short) LINK_RAW_IP).putShort((short) 0).putInt(0));
        for (int i = 0; i < recording.frames().size(); i++) {
            Frame frame = recording.frames().get(i);
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, frame.time());
            if (i == 0) {
                // A beginning, from which a reader can count.
                packet(micros, true, SYN, new byte[0], "");
                packet(micros, false, (byte) (SYN | ACK), new byte[0], "");
                clientNext++;
                serverNext++;
            }
            write(frame, micros, i == recording.gapAt() ? "Frames before this one are not kept any more." : "");
        }
        return out.toByteArray();
    }

    private void write(Frame frame, long micros, String gap) {
        byte[] bytes = frame.bytes();
        String comment = gap;
        if (frame.withRequestId() && !recording.fromTheBeginning()) {
            comment = (gap + " Request id " + frame.requestId() + ".").strip();
            bytes = frame.withoutRequestId();
        }
        for (int from = 0; from < bytes.length; from += MAX_SEGMENT_BYTES) {
            byte[] data = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + MAX_SEGMENT_BYTES));
            packet(micros, frame.fromClient(), (byte) (PUSH | ACK), data, from == 0 ? comment : "");
        }
    }

    private void packet(long micros, boolean fromClient, byte flags, byte[] data, String comment) {
        byte[] packet = ip(fromClient, tcp(fromClient, flags, data));
        byte[] text = comment.getBytes(StandardCharsets.UTF_8);
        int options = text.length == 0 ? 0 : 4 + padded(text.length) + 4;
        ByteBuffer body = bytes(20 + padded(packet.length) + options)
                .putInt(0)
                .putInt((int) (micros >>> 32))
                .putInt((int) micros)
                .putInt(packet.length)
                .putInt(packet.length)
                .put(packet);
        if (text.length > 0) {
            body.position(20 + padded(packet.length));
            body.putShort((short) OPTION_COMMENT).putShort((short) text.length).put(text);
        }
        block(PACKET, body);
    }

    private byte[] tcp(boolean fromClient, byte flags, byte[] data) {
        InetSocketAddress from = fromClient ? recording.client() : recording.server();
        InetSocketAddress to = fromClient ? recording.server() : recording.client();
        ByteBuffer segment = ByteBuffer.allocate(TCP_HEADER_BYTES + data.length)
                .putShort((short) from.getPort())
                .putShort((short) to.getPort())
                .putInt(fromClient ? clientNext : serverNext)
                .putInt((flags & ACK) == 0 ? 0 : fromClient ? serverNext : clientNext)
                .put((byte) (TCP_HEADER_BYTES / 4 << 4))
                .put(flags)
                .putShort((short) 0xFFFF)
                .putInt(0)
                .put(data);
        if (fromClient) {
            clientNext += data.length;
        } else {
            serverNext += data.length;
        }
        return segment.array();
    }

    private byte[] ip(boolean fromClient, byte[] segment) {
        byte[] from = fromClient ? client : server;
        byte[] to = fromClient ? server : client;
        if (from.length == 4) {
            return ByteBuffer.allocate(20 + segment.length)
                    .put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) (20 + segment.length))
                    .putInt(0)
                    .put((byte) 64)
                    .put((byte) 6)
                    .putShort((short) 0)
                    .put(from)
                    .put(to)
                    .put(segment)
                    .array();
        }
        return ByteBuffer.allocate(40 + segment.length)
                .putInt(0x60000000)
                .putShort((short) segment.length)
                .put((byte) 6)
                .put((byte) 64)
                .put(from)
                .put(to)
                .put(segment)
                .array();
    }

    /** An address of version 4 among those of version 6 (RFC 4291). */
    private static byte[] asVersion6(byte[] address) {
        if (address.length == 16) {
            return address;
        }
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(address, 0, mapped, 12, 4);
        return mapped;
    }

    private void block(int type, ByteBuffer body) {
        int length = 12 + body.capacity();
        out.writeBytes(bytes(8).putInt(type).putInt(length).array());
        out.writeBytes(body.array());
        out.writeBytes(bytes(4).putInt(length).array());
    }

    private static int padded(int length) {
        return (length + 3) / 4 * 4;
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
