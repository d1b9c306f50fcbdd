package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.generate.Output;
import io.framegate.message.Compression;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Tool;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import io.kaitai.struct.ByteBufferKaitaiStream;
import io.kaitai.struct.KaitaiStream;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description for Kaitai Struct, compiled by its compiler to a parser in Java, which reads what goes over the wire. */
class KaitaiStructTest {

    @TempDir
    private Path folder;

    @Test
    void parsesAFrameOfEachMessage() throws Exception {
        try (URLClassLoader loader = compile()) {
            Object stream = parse(loader, goldenFrames());
            List<?> frames = (List<?>) get(stream, "frames");
            assertEquals(GoldenFrames.names().size(), frames.size());
            for (int i = 0; i < frames.size(); i++) {
                String name = GoldenFrames.names().get(i);
                Object envelope = get(frames.get(i), "body");
                if (name.contains("lzma")) {
                    assertEquals(
                            FrameHeader.bodySize(Frames.golden(name), 0) - 10,
                            ((byte[]) get(envelope, "lzmaStream")).length);
                } else {
                    Object payload = get(envelope, "payload");
                    assertArrayEquals(new byte[0], (byte[]) get(payload, "rest"), name);
                    assertInstanceOf(loader.loadClass(parserClass(name)), get(payload, "message"), name);
                }
            }
            Object links = message(frames.get(GoldenFrames.names().indexOf("links")));
            Object link = ((List<?>) get(links, "links")).get(0);
            assertEquals(4097L, get(link, "id"));
            assertEquals("PRIMARY_LINK", String.valueOf(get(link, "roadClass")).replaceAll("^.*\\.", ""));
            Object welcome = message(frames.get(GoldenFrames.names().indexOf("welcome-request-zlib")));
            assertEquals(7, get(welcome, "number"));

            for (MessageType message : ContractTest.CONTRACT.messages()) {
                for (Compression compression : List.of(Compression.NONE, Compression.ZLIB)) {
                    Object one = ((List<?>) get(parse(loader, sealed(message, compression)), "frames")).get(0);
                    Object payload = get(get(one, "body"), "payload");
                    assertArrayEquals(new byte[0], (byte[]) get(payload, "rest"), message.name());
                }
            }
        }
    }

    private URLClassLoader compile() throws Exception {
        Path ksy = folder.resolve("framegate.ksy");
        Files.writeString(ksy, Output.KAITAI.of(ContractTest.CONTRACT));
        Tool.run(
                folder,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.kaitai.struct.JavaMain",
                "--target",
                "java",
                "--outdir",
                folder.toString(),
                ksy.toString());
        Path source;
        try (var files = Files.walk(folder)) {
            source = files.filter(file -> file.getFileName().toString().equals("Framegate.java"))
                    .findFirst()
                    .orElseThrow();
        }
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        err,
                        err,
                        "-proc:none",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        folder.toString(),
                        source.toString());
        assertEquals(0, result, err::toString);
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    private static Object parse(ClassLoader loader, byte[] bytes) throws Exception {
        Class<?> parser = loader.loadClass("Framegate");
        return parser.getConstructor(KaitaiStream.class).newInstance(new ByteBufferKaitaiStream(bytes));
    }

    private static Object message(Object frame) throws Exception {
        return get(get(get(frame, "body"), "payload"), "message");
    }

    private static Object get(Object parsed, String name) throws Exception {
        return parsed.getClass().getMethod(name).invoke(parsed);
    }

    /** The class that the compiler makes for the message of a golden frame. */
    private static String parserClass(String golden) throws Exception {
        int id = FrameHeader.id(Frames.golden(golden), 0);
        StringBuilder name = new StringBuilder();
        String snake = ContractTest.CONTRACT
                .message(id)
                .orElseThrow()
                .name()
                .replaceAll("([a-z])([A-Z0-9])", "$1_$2")
                .replaceAll("([A-Z0-9])([A-Z][a-z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
        for (String word : (snake + "_record").split("_")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return "Framegate$" + name;
    }

    private static byte[] goldenFrames() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : GoldenFrames.names()) {
            out.writeBytes(Frames.golden(name));
        }
        return out.toByteArray();
    }

    private static byte[] sealed(MessageType message, Compression compression) {
        byte[] frame = ExampleFrames.of(ContractTest.CONTRACT, message);
        int payload = FrameHeader.BYTES + 1;
        try (Envelope envelope = new Envelope(FrameHeader.MAX_BODY_BYTES, 1)) {
            return envelope.seal(message.id(), frame, payload, frame.length - payload, compression);
        }
    }
}
