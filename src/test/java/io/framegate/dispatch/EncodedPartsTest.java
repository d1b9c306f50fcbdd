package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireWriter;
import io.framegate.message.Compression;
import io.framegate.message.EncodedPart;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.RecordList;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Adler32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of parts that are deflated already, through a whole gate. */
class EncodedPartsTest {

    record Item(int number, String name) {}

    /** How many items the answer has, and whether some of them are deflated. */
    @Message(190111)
    record ListItems(int items, boolean deflated) {}

    @Message(590111)
    record Listed(int before, RecordList<Item> items, String after) {}

    @ParameterizedTest
    @CsvSource({
        // What the server compresses by, whether the client reads Zstandard, and the letter of the answer's body.
        "ZLIB, false, Z",
        "ZLIB, true, Z",
        "NONE, false, N",
        "LZMA, false, L",
        "LZMA, true, L"
    })
    void givesTheSameMessageWhateverIsDeflated(Compression compression, boolean zstd, char letter) throws Exception {
        try (Gate gate = gate(compression);
                RawClient client = gate.connect()) {
            if (zstd) {
                client.send(Frames.of(new HelloRequest(1, "test", new int[] {Capability.ZSTD.code()})))
                        .receive();
            }
            byte[] frame = client.send(Frames.of(new ListItems(9000, true))).receive();
            assertEquals(letter, frame[8]);
            assertSame(9000, Frames.message(frame, Listed.class));
            assertSame(
                    9000,
                    Frames.message(
                            client.send(Frames.of(new ListItems(9000, false))).receive(), Listed.class));
        }
    }

    @Test
    void inflatesWhatIsTooSmallToBeCompressed() throws Exception {
        try (Gate gate = gate(Compression.ZLIB);
                RawClient client = gate.connect()) {
            byte[] frame = client.send(Frames.of(new ListItems(20, true))).receive();
            assertEquals('N', frame[8]);
            assertSame(20, Frames.message(frame, Listed.class));
        }
    }

    @Test
    void refusesTooLargeInflatedAnswers() throws Exception {
        try (Gate gate = Gate.builder()
                        .worker(ListItems.class, Listed.class, request -> {
                            EncodedPart.Deflated part = deflated(new byte[30 << 20]);
                            return new Listed(1, RecordList.encoded(1, List.of(part, part, part, part)), "");
                        })
                        .start();
                RawClient client = gate.connect()) {
            assertTrue(client.send(Frames.of(new ListItems(1, true)))
                    .receive(ErrorResponse.class)
                    .text()
                    .contains("The answer would be larger"));
        }
    }

    private static Gate gate(Compression compression) throws Exception {
        return Gate.builder()
                .compression(compression, 8192)
                .worker(ListItems.class, Listed.class, request -> listed(request.items(), request.deflated()))
                .start();
    }

    /** Every third part as it is. */
    private static Listed listed(int items, boolean withDeflated) {
        WireWriter out = new WireWriter(0, 1 << 24);
        RecordCodec<Item> codec = RecordCodec.of(Item.class);
        List<EncodedPart> parts = new ArrayList<>();
        for (int i = 0; i < items; i++) {
            codec.encode(item(i), out);
            if (i % 10 == 9 || i == items - 1) {
                byte[] bytes = Arrays.copyOf(out.array(), out.length());
                parts.add(
                        withDeflated && parts.size() % 3 < 2
                                ? deflated(bytes)
                                : new EncodedPart.Plain(bytes, 0, bytes.length));
                out.reset();
            }
        }
        return new Listed(7, RecordList.encoded(items, parts), "end");
    }

    private static EncodedPart.Deflated deflated(byte[] bytes) {
        Deflater deflater = new Deflater(6, true);
        deflater.setInput(bytes);
        byte[] blocks = new byte[bytes.length + 100];
        int length = deflater.deflate(blocks, 0, blocks.length, Deflater.SYNC_FLUSH);
        deflater.end();
        Adler32 checksum = new Adler32();
        checksum.update(bytes);
        return new EncodedPart.Deflated(Arrays.copyOf(blocks, length), bytes.length, (int) checksum.getValue());
    }

    private static void assertSame(int items, Listed listed) {
        assertEquals(7, listed.before());
        assertEquals("end", listed.after());
        assertEquals(items, listed.items().size());
        for (int i = 0; i < items; i++) {
            assertEquals(item(i), listed.items().toList().get(i));
        }
    }

    private static Item item(int i) {
        return new Item(i, "Number " + i * 31);
    }
}
