package io.framegate.transport;

import io.framegate.fuzz.FuzzTarget;
import io.framegate.message.Refusal;
import io.framegate.testkit.Frames;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Frames are cut out of a stream, whatever is in it and however it is sliced, and every one has its reply: the same as if the
 * stream had been read from its beginning to its end, header by header.
 *
 * <pre>
 *  offset size field
 *       0    1 options   1 request ids, 2 close after the first response, 4 replies wait, 8 but odd ids are answered at once,
 *                        the others are not used
 *       1    1 choices   how many bytes of them follow
 *       2      choices   what happens next: a read, a write or a reply, and how much of it
 *              stream    pieces, see {@link #stream}
 * </pre>
 */
public final class ConnectionFuzz implements FuzzTarget {

    private static final int REQUEST_IDS = 1;
    private static final int ONE_RESPONSE = 2;
    private static final int LATE_REPLIES = 4;
    private static final int INLINE = 8;

    private static final int MAX_BODY_BYTES = 200_000;
    private static final int REQUEST_BYTES = 100_000;
    private static final int MAX_STREAM_BYTES = 300_000;
    private static final int NO_ID = 0;

    private final TransportLimits limits = TransportLimits.builder()
            .maxBodyBytes(MAX_BODY_BYTES)
            .maxPipelined(5)
            .build();
    private final TransportLimits oneResponse = TransportLimits.builder()
            .maxBodyBytes(MAX_BODY_BYTES)
            .closeAfterResponse(true)
            .build();
    private final Sinks sinks = new Sinks();
    private final FuzzedConnection connection = new FuzzedConnection(sinks);

    public ConnectionFuzz() {
        connection.limitRequestBytes(REQUEST_BYTES);
    }

    /** One reply that the client is to get. */
    private record Reply(int requestId, byte[] frame) {

        byte[] bytes(boolean withId) {
            return withId ? Frames.withRequestId(requestId, frame) : frame;
        }
    }

    @Override
    public void take(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int options = input[0];
        int from = Math.min(input.length, 2 + (input[1] & 0xFF));
        byte[] choices = Arrays.copyOfRange(input, 2, from);
        byte[] stream = stream(ByteBuffer.wrap(input, from, input.length - from));
        sinks.begin((options & REQUEST_IDS) != 0, (options & LATE_REPLIES) != 0, (options & INLINE) != 0);
        byte[] sent = connection.run(
                stream, choices, (options & ONE_RESPONSE) != 0 ? oneResponse : limits, choice -> sinks.reply(choice));
        boolean tls = stream.length >= 2 && stream[0] == 22 && stream[1] == 3;
        if (!tls) {
            compare(stream, options, sent);
        }
    }

    /**
     * What a client sends, in pieces. The first byte of each is {@code kind + 4 · more}:
     *
     * <pre>
     *  0  more + 1 bytes follow, as they are
     *  1  a header: int16 id, int24 body size
     *  2  zeros: uint16 of them
     *  3  a whole frame: int8 id, uint8 size; the body has size · 2 to the power of more + 1 zeros
     * </pre>
     */
    private static byte[] stream(ByteBuffer pieces) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        pieces.order(ByteOrder.LITTLE_ENDIAN);
        while (pieces.hasRemaining() && stream.size() < MAX_STREAM_BYTES) {
            int piece = pieces.get() & 0xFF;
            int more = piece >> 2;
            switch (piece & 3) {
                case 0 -> {
                    byte[] raw = new byte[Math.min(more + 1, pieces.remaining())];
                    pieces.get(raw);
                    stream.writeBytes(raw);
                }
                case 1 -> {
                    if (pieces.remaining() >= 5) {
                        int id = pieces.getShort();
                        int size = pieces.getShort() & 0xFFFF | pieces.get() << Short.SIZE;
                        stream.writeBytes(Frames.header(id, size));
                    }
                }
                case 2 -> {
                    if (pieces.remaining() >= 2) {
                        stream.writeBytes(new byte[pieces.getShort() & 0xFFFF]);
                    }
                }
                default -> {
                    if (pieces.remaining() >= 2) {
                        int id = pieces.get();
                        int size = ((pieces.get() & 0xFF) << (more & 7)) + 1;
                        stream.writeBytes(Frames.header(id, size));
                        stream.writeBytes(new byte[size]);
                    }
                }
            }
        }
        return stream.toByteArray();
    }

    /** Reads the stream once more, the plain way, and compares what was sent with the replies that are due. */
    private void compare(byte[] stream, int options, byte[] sent) {
        List<Reply> due = new ArrayList<>();
        boolean mayBeRefused = false; // what is not complete, and too large for what all may hold
        boolean withIds = false;
        int plain = Integer.MAX_VALUE; // replies without ids
        int at = 0;
        while (stream.length - at >= FrameHeader.headerBytes(withIds)) {
            int id = FrameHeader.id(stream, at);
            int size = FrameHeader.bodySize(stream, at);
            int requestId = withIds ? FrameHeader.requestId(stream, at) : NO_ID;
            int body = at + FrameHeader.headerBytes(withIds);
            boolean tooMuch = size > REQUEST_BYTES - FrameHeader.headerBytes(withIds);
            if (size <= 0 || size > MAX_BODY_BYTES) {
                due.add(new Reply(NO_ID, Sinks.lost()));
                break;
            } else if (!Sinks.wants(id)) {
                due.add(new Reply(requestId, Sinks.unwantedReply(id, size)));
            } else if (stream.length - body < size) {
                mayBeRefused = tooMuch;
                if (tooMuch) {
                    due.add(new Reply(requestId, Sinks.refusedReply(id, size)));
                }
                break;
            } else if (tooMuch) {
                due.add(new Reply(requestId, Sinks.refusedReply(id, size)));
            } else {
                due.add(new Reply(requestId, Sinks.answer(id, stream, body, size)));
                if (!withIds && (options & REQUEST_IDS) != 0) {
                    withIds = true;
                    plain = due.size();
                }
            }
            at = body + size;
            if ((options & ONE_RESPONSE) != 0) {
                break;
            }
        }
        List<String> expected = hashes(due, plain);
        List<String> got = split(sent, plain);
        boolean same = expected.equals(got)
                || mayBeRefused && expected.subList(0, expected.size() - 1).equals(got);
        if (!same && withIds) {
            // They leave as they are made.
            same = sameInAnyOrder(expected, got)
                    || mayBeRefused && sameInAnyOrder(expected.subList(0, expected.size() - 1), got);
        }
        if (!same) {
            throw new AssertionError("due are " + expected + ", sent were " + got);
        }
    }

    private static boolean sameInAnyOrder(List<String> some, List<String> others) {
        return some.stream().sorted().toList().equals(others.stream().sorted().toList());
    }

    private static List<String> hashes(List<Reply> replies, int plain) {
        List<String> all = new ArrayList<>();
        for (Reply reply : replies) {
            all.add(hash(reply.bytes(all.size() >= plain)));
        }
        return all;
    }

    private static List<String> split(byte[] sent, int plain) {
        List<String> all = new ArrayList<>();
        int at = 0;
        while (at < sent.length) {
            boolean withId = all.size() >= plain;
            int end = at + FrameHeader.headerBytes(withId) + FrameHeader.bodySize(sent, at);
            all.add(hash(Arrays.copyOfRange(sent, at, end)));
            at = end;
        }
        return all;
    }

    private static String hash(byte[] frame) {
        return FrameHeader.id(frame, 0) + ":" + frame.length + ":" + Integer.toHexString(Arrays.hashCode(frame));
    }

    @Override
    public List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>();
        byte[][] streams = {
            {},
            {3, 1, 5, 3, 2, 9, 7, 4, 100, 31, 7, (byte) 255},
            {1, 3, 0, 10, 0, 0, 2, 10, 0, 3, 1, 1},
            {1, 1, 0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 2, 10, 0},
            {1, 1, 0, 0, 0, 2, 2, (byte) 0xFF, (byte) 0xFF, 2, (byte) 0xFF, (byte) 0xFF, 2, 2, 0, 3, 1, 1},
            {1, 1, 0, 0, 0x40, 1, 2, 0, (byte) 0x80, 2, 0, (byte) 0x80, 2, 0, 0x40, 3, 1, 1},
            {1, 1, 0, 5, 0, 0},
            {28, 1, 0, 0, 0, 2, 0, 0, 0, 0},
            {12, 22, 3, 1, 0},
            {3, 1, 4, 3, 1, 9, 3, 6, 1, 3, 1, 4, 3, 2, 1, 3, 1, 4},
            {3, 7, 4, 3, 1, 9, 3, 7, 4, 3, 7, 4, 3, 2, 9, 3, 11, 1, 3, 7, 9, 3, 6, 1, 3, 5, 1, 3, 5, 1, 3, 5, 1, 3, 5, 1
            }
        };
        for (byte[] stream : streams) {
            for (int options = 0; options < 16; options++) {
                byte[] choices = {0, 4, 10, 2, (byte) (40 * options)};
                seeds.add(ByteBuffer.allocate(2 + choices.length + stream.length)
                        .put((byte) options)
                        .put((byte) choices.length)
                        .put(choices)
                        .put(stream)
                        .array());
            }
        }
        return seeds;
    }

    /** Answers frames by what is in them, at once or later. */
    static final class Sinks implements FrameHandler.Factory {

        private static final int LARGE = 20_000;
        private static final int LARGER_THAN_A_WRITE = WriteBuffers.BYTES + 1;

        private final ByteBudget requestBytes = new ByteBudget();
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private boolean requestIds;
        private boolean late;
        private boolean oddAtOnce;

        void begin(boolean withRequestIds, boolean repliesWait, boolean oddIdsAtOnce) {
            requestIds = withRequestIds;
            late = repliesWait;
            oddAtOnce = oddIdsAtOnce;
            waiting.clear();
        }

        boolean reply(int choice) {
            Runnable next = choice % 2 == 0 ? waiting.pollFirst() : waiting.pollLast();
            if (next == null) {
                return false;
            }
            next.run();
            return true;
        }

        static boolean wants(int id) {
            return id % 3 != 0;
        }

        static byte[] answer(int id, byte[] bytes, int offset, int length) {
            byte[] body = new byte[id % 5 == 0 ? LARGE : id % 7 == 0 ? LARGER_THAN_A_WRITE : 8];
            ByteBuffer.wrap(body).putInt(length).putInt(hash(bytes, offset, length));
            return Frames.frame(400_000 + id, body);
        }

        private static int hash(byte[] bytes, int offset, int length) {
            int hash = 1;
            for (int i = offset; i < offset + length; i++) {
                hash = 31 * hash + bytes[i];
            }
            return hash;
        }

        static byte[] unwantedReply(int id, int size) {
            return Frames.frame(-1, (byte) id, (byte) size);
        }

        static byte[] refusedReply(int id, int size) {
            return Frames.frame(-2, (byte) id, (byte) size);
        }

        static byte[] lost() {
            return Frames.frame(-3, (byte) 0);
        }

        @Override
        public FrameHandler connectionOpened(long connectionId, RemotePeer peer, FrameHandler.Replies replies) {
            return new Sink(replies);
        }

        @Override
        public ByteBudget requestBytes() {
            return requestBytes;
        }

        @Override
        public void tick(long nowNanos) {}

        @Override
        public byte[] refused(Refusal refusal) {
            return lost();
        }

        private final class Sink implements FrameHandler {

            private final Replies replies;
            private boolean agreed;

            Sink(Replies replies) {
                this.replies = replies;
            }

            @Override
            public boolean accepts(int id, int bodySize) {
                return wants(id);
            }

            @Override
            public boolean isSecret(int id) {
                return false;
            }

            @Override
            public byte[] reject(int id, int bodySize) {
                return unwantedReply(id, bodySize);
            }

            @Override
            public byte[] refused(int id, int bodySize, Refusal refusal) {
                return refusedReply(id, bodySize);
            }

            @Override
            public byte[] refused(Refusal refusal) {
                return lost();
            }

            @Override
            public boolean runsInline(int id, byte[] bytes, int offset, int length) {
                return oddAtOnce && id % 2 != 0;
            }

            @Override
            public byte[] answer(int id, byte[] bytes, int offset, int length) {
                if (requestIds && !agreed) {
                    agreed = true;
                    replies.useRequestIds();
                }
                return Sinks.answer(id, bytes, offset, length);
            }

            @Override
            public void frameRead(long slot, int id, byte[] bytes, int offset, int length) {
                byte[] answer = Sinks.answer(id, bytes, offset, length);
                if (requestIds && !agreed) {
                    agreed = true;
                    replies.fill(slot, answer);
                    replies.useRequestIds();
                } else if (late && !runsInline(id, bytes, offset, length)) {
                    waiting.add(() -> {
                        replies.fill(slot, answer);
                        replies.flush();
                    });
                } else {
                    replies.fill(slot, answer);
                }
            }

            @Override
            public void readCompleted() {}

            @Override
            public boolean awaitsLogin() {
                return false;
            }

            @Override
            public String principal() {
                return "";
            }

            @Override
            public void connectionClosed() {}
        }
    }
}
