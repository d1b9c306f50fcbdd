package io.framegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.wire.FrameHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {

    private static final int LIMIT = 200_000;

    private final List<String> frames = new ArrayList<>();
    private final FrameAssembler assembler = new FrameAssembler(LIMIT, new FrameAssembler.Receiver() {
        @Override
        public void frameRead(int id, int requestId, byte[] body) {
            frames.add(id + ":" + body.length + ":" + Arrays.hashCode(body));
        }

        @Override
        public void frameSkipped(int requestId, int bodyBytes) {
            frames.add("skipped " + bodyBytes);
        }
    });

    @Test
    void framesDoNotDependOnSplits() {
        byte[] stream = ScriptedServer.concatenated(
                ScriptedServer.frame(1, new byte[] {1}),
                ScriptedServer.frame(2, new byte[] {1, 2, 3, 4, 5}),
                ScriptedServer.frame(3, new byte[] {9, 9}));
        assembler.accept(ByteBuffer.wrap(stream));
        List<String> whole = List.copyOf(frames);
        assertEquals(3, whole.size());
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                frames.clear();
                assembler.accept(ByteBuffer.wrap(stream, 0, first));
                assembler.accept(ByteBuffer.wrap(stream, first, second - first));
                assembler.accept(ByteBuffer.wrap(stream, second, stream.length - second));
                assertEquals(whole, frames, "split at " + first + " and " + second);
                assertFalse(assembler.isWithinFrame());
            }
        }
    }

    @Test
    void growsWithALargeBody() {
        byte[] body = new byte[150_000];
        new java.util.Random(1).nextBytes(body);
        byte[] stream = ScriptedServer.frame(7, body);
        for (int at = 0; at < stream.length; at += 1000) {
            assembler.accept(ByteBuffer.wrap(stream, at, Math.min(1000, stream.length - at)));
        }
        assertEquals(List.of("7:150000:" + Arrays.hashCode(body)), frames);
    }

    @Test
    void skipsABodyOverTheLimitAndGoesOn() {
        assembler.accept(ByteBuffer.wrap(ScriptedServer.concatenated(
                ScriptedServer.frame(1, new byte[LIMIT + 1]), ScriptedServer.frame(2, new byte[] {5}))));
        assertEquals(List.of("skipped " + (LIMIT + 1), "2:1:" + Arrays.hashCode(new byte[] {5})), frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, FrameHeader.MAX_BODY_BYTES + 1})
    void anImpossibleBodySizeLosesFraming(int bodySize) {
        byte[] header = new byte[FrameHeader.BYTES];
        FrameHeader.put(header, 0, 1, bodySize);
        var e = assertThrows(ClientException.class, () -> assembler.accept(ByteBuffer.wrap(header)));
        assertEquals(ClientException.Kind.BAD_REPLY, e.kind());
        assertTrue(e.getMessage().contains(Integer.toString(bodySize)), e.getMessage());
    }
}
