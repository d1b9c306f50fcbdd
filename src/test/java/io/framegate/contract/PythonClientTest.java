package io.framegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.contract.generate.Output;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.message.Refusal;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TlsFixture;
import io.framegate.testkit.Tool;
import io.framegate.transport.TransportLimits;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated client for Python, run by a real Python against real sockets. */
class PythonClientTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void generate() throws IOException {
        assumeTrue(Tool.isThere("python3", "--version"), "python3 is not installed");
        Files.writeString(folder.resolve("framegate.py"), Output.PYTHON.of(ContractTest.CONTRACT));
    }

    @Test
    void roundTripsEveryMessage() throws Exception {
        List<String> frames = FramesOfAllMessages.lines();
        Files.write(folder.resolve("frames.txt"), frames);
        String out = python(
                """
                from framegate import *
                import dataclasses, sys
                count = 0
                for line in open(sys.argv[1]):
                    plain, sealed = (bytes.fromhex(word) for word in line.split())
                    message = decode(sealed)
                    assert dataclasses.is_dataclass(message)
                    assert encode(message) == plain, (message, plain.hex())
                    assert decode(encode(message, threshold_bytes=0)) == message
                    count += 1
                print(count)
                """,
                folder.resolve("frames.txt").toString());
        assertEquals(Integer.toString(frames.size()), out.strip());
    }

    @Test
    void asksARealGateAndTellsErrorsApart() throws Exception {
        try (Gate gate = Gate.builder()
                .worker(LoadLinksByArea.class, Links.class, request -> {
                    throw new Refusal(
                            Refusal.Code.INVALID, "Not there: " + request.area().west() + ".");
                })
                .start()) {
            String out = python(
                    """
                    from framegate import *
                    import sys
                    with Client("127.0.0.1", int(sys.argv[1]), timeout=10) as client:
                        print(client.send(WelcomeRequest(7)).text)
                        print(",".join(answer.text for answer in client.send_all(WelcomeRequest(i) for i in range(40))))
                        try:
                            client.send(LoadLinksByArea(Area(Ellipsoid.WGS84, 0, 9.5, 47.1, 9.55, 47.18)))
                        except Refused as no:
                            print(type(no).__name__, no)
                        print(client.send(WelcomeRequest(8)).text)
                    try:
                        Client("127.0.0.1", 1, timeout=5).send(WelcomeRequest(1))
                    except NoConnection as error:
                        print(type(error).__name__)
                    """,
                    Integer.toString(gate.listener().address().getPort()));
            List<String> many =
                    IntStream.range(0, 40).mapToObj(i -> "welcome:" + i).toList();
            assertEquals(
                    List.of(
                            "welcome:7",
                            String.join(",", many),
                            "Refused Not there: 9.5.",
                            "welcome:8",
                            "NoConnection"),
                    out.lines().toList());
        }
    }

    @Test
    void saysHelloAndIsToldMoreOfRefusals() throws Exception {
        String program =
                """
                import framegate, sys
                from framegate import *
                with Client("127.0.0.1", int(sys.argv[1]), timeout=10, hello_as="python") as client:
                    print(client.send(WelcomeRequest(7)).text, client.agreed.server)
                    assert (4 in client.agreed.features) == (framegate._zstd is not None)
                    try:
                        client.send(LoadLinksByArea(Area(Ellipsoid.WGS84, 0, 9.5, 47.1, 9.55, 47.18)))
                    except Refused as no:
                        print(no, no.code.name, no.retry_after)
                    print(len(client.send(LoadLinksByArea(Area(Ellipsoid.WGS84, 0, 9, 47.1, 9.55, 47.18))).links))
                """;
        try (Gate gate = GatesForClients.links(TransportLimits.DEFAULTS, 9.5)) {
            assertEquals(
                    List.of("welcome:7 framegate test", "Not there: 9.5. INVALID None", "1"),
                    python(program, GatesForClients.port(gate)).lines().toList());
        }
    }

    @Test
    void handlesRejectionsAndOldServers() throws Exception {
        String program =
                """
                from framegate import *
                import sys
                with Client("127.0.0.1", int(sys.argv[1]), timeout=10, hello_as="python") as client:
                    try:
                        print(client.send(WelcomeRequest(1)).text)
                    except Refused as no:
                        print("Refused", no)
                """;
        GatesForClients.refuseAndKnowNoHello(port -> python(program, port).strip());
    }

    @Test
    void givesWhatComesUnaskedInItsOrder() throws Exception {
        String program =
                """
                from framegate import *
                import sys
                with Client("127.0.0.1", int(sys.argv[1]), timeout=10, hello_as="python", notices=True) as client:
                    print(client.wait_for_notice(timeout=0.02))
                    print(len(client.send(LoadLinksByArea(Area(Ellipsoid.WGS84, 0, 9, 47.1, 9.55, 47.18))).links))
                    print([client.wait_for_notice(timeout=10).millis_left for _ in range(3)])
                    print(client.wait_for_notice(timeout=0.02))
                    print(client.send(WelcomeRequest(7)).text)
                """;
        try (Gate gate = GatesForClients.notifying()) {
            assertEquals(
                    List.of("None", "0", "[1, 2, 3]", "None", "welcome:7"),
                    python(program, GatesForClients.port(gate)).lines().toList());
        }
    }

    @Test
    void speaksTlsWithAServerThatItTrusts() throws Exception {
        TlsFixture tls = new TlsFixture(folder);
        String program =
                """
                from framegate import *
                import ssl, sys
                try:
                    Client("localhost", int(sys.argv[1]), tls=ssl.create_default_context()).send(WelcomeRequest(1))
                except NoConnection as error:
                    print("CERTIFICATE_VERIFY_FAILED" in str(error))
                tls = ssl.create_default_context(cafile=sys.argv[2])
                with Client("localhost", int(sys.argv[1]), timeout=10, hello_as="python", notices=True, tls=tls) as client:
                    print(client.send(WelcomeRequest(7)).text)
                    print(client.wait_for_notice(timeout=0.02))
                """;
        try (Gate gate = GatesForClients.secured(tls)) {
            assertEquals(
                    List.of("True", "welcome:7", "None"),
                    python(
                                    program,
                                    GatesForClients.port(gate),
                                    tls.authorityFile().toString())
                            .lines()
                            .toList());
        }
    }

    @Test
    void theExampleOfTheDocumentsAsksForLinks() throws Exception {
        Matcher example = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src", "docs", "how-to", "write-clients.md")));
        assertTrue(example.find());
        List<LoadLinksByArea> asked = new CopyOnWriteArrayList<>();
        byte[] golden = Frames.golden("links");
        int payload = FrameHeader.BYTES + 1;
        Codec<Links> codec = Codec.of(Links.class);
        try (Gate gate = Gate.builder()
                .worker(LoadLinksByArea.class, Links.class, request -> {
                    asked.add(request);
                    return codec.decode(new WireReader(codec.id(), golden, payload, golden.length - payload));
                })
                .start()) {
            String port = Integer.toString(gate.listener().address().getPort());
            String out = python(example.group(1).replace("7400", port));
            assertTrue(out.startsWith("4097 PRIMARY_LINK "), out);
            assertEquals(9.55, asked.get(0).area().east());
            assertEquals(47.10, asked.get(0).area().south());
        }
    }

    @Test
    void aDamagedAnswerIsMalformedAndNothingElse() throws Exception {
        String[] frames = FramesOfAllMessages.damagedLinks().stream()
                .map(HexFormat.of()::formatHex)
                .toArray(String[]::new);
        String out = python(
                """
                from framegate import *
                import sys
                for frame in sys.argv[1:]:
                    try:
                        decode(bytes.fromhex(frame))
                        print("accepted")
                    except MalformedAnswer as error:
                        print(error)
                """,
                frames);
        List<String> lines = out.lines().toList();
        assertEquals("field=roadClass: 2139062143 is no code of RoadClass", lines.get(1));
        assertEquals("1 bytes follow the last field", lines.get(2));
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).matches("field=.* \\d+ bytes left, \\d+ needed"), lines.get(0));
    }

    private String python(String program, String... arguments) throws Exception {
        Files.writeString(folder.resolve("program.py"), program);
        String[] command = new String[arguments.length + 2];
        command[0] = "python3";
        command[1] = "program.py";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return Tool.run(folder, command);
    }
}
