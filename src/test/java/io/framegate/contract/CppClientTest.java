package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.contract.generate.Output;
import io.framegate.testkit.Gate;
import io.framegate.testkit.Tool;
import io.framegate.transport.TransportLimits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C++ against real sockets: the generated header, and a client in Boost.Asio that has never heard of it. */
class CppClientTest {

    private static final Path SOURCES = Path.of("src/test/cpp").toAbsolutePath();

    /** As the oldest clients expect it. */
    private static final TransportLimits CLOSING = TransportLimits.builder()
            .maxConnections(100)
            .closeAfterResponse(true)
            .build();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void compile() throws Exception {
        assumeTrue(
                Tool.isThere("sh", "-c", "echo '#include <zlib.h>\n#include <lzma.h>' | g++ -E -x c++ -"),
                "g++, zlib1g-dev or liblzma-dev is not installed");
        Files.writeString(folder.resolve("framegate.hpp"), Output.CPP.of(ContractTest.CONTRACT));
        compile("client_test.cpp", "-llzma");
    }

    @Test
    void roundTripsEveryMessage() throws Exception {
        List<String> frames = FramesOfAllMessages.lines();
        Files.write(folder.resolve("frames.txt"), frames);
        assertEquals(Integer.toString(frames.size()), client("round-trips", "frames.txt"));
    }

    @Test
    void talksToARealGate() throws Exception {
        String many = String.join(
                "", IntStream.range(0, 40).mapToObj(i -> "welcome:" + i + ",").toList());
        String link = "4097 PRIMARY_LINK Zür 9.5 47.1 1";
        try (Gate gate = GatesForClients.links(TransportLimits.DEFAULTS, 9.5)) {
            assertEquals(
                    List.of("welcome:7", "no hello", many, "Refused Not there: 9.5. no code -1", link),
                    client("asks", GatesForClients.port(gate), "").lines().toList());
            assertEquals(
                    List.of("welcome:7", "framegate test", many, "Refused Not there: 9.5. INVALID -1", link),
                    client("asks", GatesForClients.port(gate), "cpp").lines().toList());
        }
    }

    @Test
    void reportsMissingAndSilentServers() throws Exception {
        assertEquals("no connection to 127.0.0.1:1: Connection refused", client("nobody-there"));
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertEquals("NoAnswerInTime", client("silence", Integer.toString(silent.getLocalPort())));
        }
    }

    @Test
    void handlesRejectionsAndOldServers() throws Exception {
        GatesForClients.refuseAndKnowNoHello(port -> client("hello", port));
    }

    @Test
    void aDamagedAnswerIsMalformedAndNothingElse() throws Exception {
        String[] arguments = Stream.concat(
                        Stream.of("damaged"),
                        FramesOfAllMessages.damagedLinks().stream().map(HexFormat.of()::formatHex))
                .toArray(String[]::new);
        List<String> lines = client(arguments).lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).matches("field=\\w+ offset=\\d+: \\d+ bytes left, \\d+ needed"), lines.get(0));
        assertEquals("field=roadClass offset=36: 2139062143 is no code of its enum", lines.get(1));
        assertEquals("1 bytes follow the last field", lines.get(2));
    }

    @Test
    void anOldBoostAsioClientWorksUnchanged() throws Exception {
        assumeTrue(
                Tool.isThere("sh", "-c", "echo '#include <boost/asio.hpp>' | g++ -E -x c++ - >/dev/null"),
                "libboost-dev is not installed");
        compile("asio_client.cpp", "-pthread");
        try (Gate gate = GatesForClients.links(CLOSING, Double.NaN)) {
            List<String> lines = Tool.run(folder, "./asio_client", GatesForClients.port(gate))
                    .lines()
                    .sorted()
                    .toList();
            List<String> expected = Stream.concat(
                            IntStream.range(0, 20).mapToObj(i -> "500101 welcome:" + i),
                            Stream.of("500501 1 links, the first is 4097"))
                    .sorted()
                    .toList();
            assertEquals(expected, lines);
        }
    }

    private static String client(String... arguments) throws Exception {
        return Tool.run(
                        folder,
                        Stream.concat(Stream.of("./client_test"), Stream.of(arguments))
                                .toArray(String[]::new))
                .strip();
    }

    private static void compile(String source, String library) throws Exception {
        Tool.run(
                folder,
                "g++",
                "-std=c++17",
                "-Wall",
                "-Wextra",
                "-pedantic",
                "-Werror",
                "-I",
                folder.toString(),
                SOURCES.resolve(source).toString(),
                "-o",
                source.replace(".cpp", ""),
                "-lz",
                library);
    }
}
