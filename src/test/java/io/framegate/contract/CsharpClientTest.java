package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.contract.generate.Output;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.transport.TransportLimits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated client for C#, compiled and run by Mono against real sockets. */
class CsharpClientTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void compile() throws Exception {
        assumeTrue(
                Tool.isThere("mcs", "--version") && Tool.isThere("mono", "--version"),
                "mono-mcs and mono-runtime are not installed");
        Files.writeString(folder.resolve("framegate.cs"), Output.CSHARP.of(ContractTest.CONTRACT));
        Path test = Path.of("src/test/csharp/ClientTest.cs").toAbsolutePath();
        Tool.run(
                folder,
                "mcs",
                "-langversion:7",
                "-warn:4",
                "-warnaserror",
                "-out:client_test.exe",
                "framegate.cs",
                test.toString());
    }

    @Test
    void roundTripsEveryMessage() throws Exception {
        List<String> frames = FramesOfAllMessages.lines();
        Files.write(folder.resolve("frames.txt"), frames);
        assertEquals(Integer.toString(frames.size()), client("round-trips", "frames.txt"));
    }

    @Test
    void talksToARealGate() throws Exception {
        String many = IntStream.range(0, 40).mapToObj(i -> "welcome:" + i).collect(Collectors.joining(","));
        String link = "4097 PrimaryLink Zür 9.5 47.1 True";
        try (Gate gate = GatesForClients.links(TransportLimits.DEFAULTS, 9.5)) {
            assertEquals(
                    List.of("welcome:7", "no hello", many, "Refused Not there: 9.5. no code no time", link),
                    client("asks", GatesForClients.port(gate), "").lines().toList());
            assertEquals(
                    List.of("welcome:7", "framegate test", many, "Refused Not there: 9.5. Invalid no time", link),
                    client("asks", GatesForClients.port(gate), "csharp").lines().toList());
        }
    }

    @Test
    void reportsMissingAndSilentServers() throws Exception {
        assertEquals("NoConnectionException: no connection to 127.0.0.1:1: Connection refused", client("nobody-there"));
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(silent.getLocalPort());
            assertEquals(
                    "NoAnswerInTimeException: no answer from 127.0.0.1:" + port + " within 100 ms",
                    client("silence", port));
        }
    }

    @Test
    void handlesRejectionsAndOldServers() throws Exception {
        GatesForClients.refuseAndKnowNoHello(port -> client("hello", port));
    }

    @Test
    void givesWhatComesUnaskedInItsOrder() throws Exception {
        try (Gate gate = GatesForClients.notifying()) {
            assertEquals(
                    List.of("nothing", "0 links", "1", "2", "3", "nothing", "welcome:7"),
                    client("notices", GatesForClients.port(gate)).lines().toList());
        }
    }

    @Test
    void speaksTlsWithAServerThatItTrusts() throws Exception {
        try (Gate gate = GatesForClients.secured(new TlsFixture(folder))) {
            List<String> lines =
                    client("tls", GatesForClients.port(gate)).lines().toList();
            assertTrue(lines.get(0).startsWith("NoConnectionException: "), lines.get(0));
            assertEquals("welcome:1", lines.get(1));
        }
    }

    @Test
    void aDamagedAnswerIsMalformedAndNothingElse() throws Exception {
        List<String> lines = client(Stream.concat(
                                Stream.of("damaged"),
                                FramesOfAllMessages.damagedLinks().stream().map(HexFormat.of()::formatHex))
                        .toArray(String[]::new))
                .lines()
                .toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).matches("field=\\w+ offset=\\d+: \\d+ bytes left, \\d+ needed"), lines.get(0));
        assertEquals("field=roadClass offset=32: 2139062143 is no code of RoadClass", lines.get(1));
        assertEquals("1 bytes follow the last field", lines.get(2));
    }

    private static String client(String... arguments) throws Exception {
        return Tool.run(
                        folder,
                        Stream.concat(Stream.of("mono", "client_test.exe"), Stream.of(arguments))
                                .toArray(String[]::new))
                .strip();
    }
}
