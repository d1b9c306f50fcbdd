package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.contract.ContractReader;
import io.framegate.contract.explain.CaptureExplainer;
import io.framegate.contract.explain.CaptureExplainer.Found;
import io.framegate.contract.generate.Output;
import io.framegate.ops.RecordingFile;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import io.framegate.session.LoginRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.Tool;
import io.framegate.transport.CapturedFrames;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flight recorder: what it keeps of real connections, and what tools read in its file. */
class RecordedFramesTest {

    @TempDir
    private Path folder;

    @Test
    void recordsOnlyWhenSwitchedOn() throws Exception {
        try (Gate gate = Gate.builder().start();
                RawClient client = gate.connect()) {
            welcome(client, 1);
            assertEquals(Optional.empty(), recording(gate));
            gate.listener().changeLimits(recording(1 << 16));
            welcome(client, 2);
            assertEquals(List.of("WelcomeRequest", "WelcomeResponse"), names(gate));
            gate.listener().changeLimits(TransportLimits.DEFAULTS);
            assertEquals(Optional.empty(), recording(gate));
        }
    }

    @Test
    void keepsFirstAndLastFramesAndMarksGaps() throws Exception {
        int maxBytes = 2_000;
        try (Gate gate = Gate.builder().limits(recording(maxBytes)).start();
                RawClient client = gate.connect()) {
            for (int i = 1; i <= 100; i++) {
                welcome(client, i);
            }
            CapturedFrames kept = recording(gate).orElseThrow();
            assertTrue(kept.frames().stream()
                            .mapToInt(frame -> frame.bytes().length)
                            .sum()
                    < maxBytes);
            assertTrue(kept.frames().size() > 10, "frames " + kept.frames().size());
            assertEquals(2, kept.gapAt());
            List<Found> all = explained(gate);
            assertTrue(all.get(1).lines().stream().anyMatch(line -> line.contains("\"welcome:1\"")), all::toString);
            assertTrue(
                    all.get(all.size() - 1).lines().stream().anyMatch(line -> line.contains("\"welcome:100\"")),
                    all::toString);
            assertTrue(new String(RecordingFile.of(kept), StandardCharsets.UTF_8).contains("not kept any more"));
        }
    }

    @Test
    void leavesOutPasswords() throws Exception {
        try (Gate gate = Gate.builder()
                        .logins(new NobodyKnown(), false)
                        .limits(recording(1 << 16))
                        .start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new LoginRequest("ann", "hunter2")));
            client.receive();
            welcome(client, 1);
            assertEquals(List.of("ErrorResponse", "WelcomeRequest", "WelcomeResponse"), names(gate));
            byte[] file = RecordingFile.of(recording(gate).orElseThrow());
            assertFalse(new String(file, StandardCharsets.ISO_8859_1).contains("hunter2"));
        }
    }

    @Test
    void wiresharkReadsRecordingsWithAndWithoutRequestIds() throws Exception {
        assumeTrue(Tool.isThere("tshark", "--version"), "tshark is not installed");
        Files.writeString(
                folder.resolve("framegate.lua"),
                Output.WIRESHARK.of(ContractReader.ofClassPath(getClass().getClassLoader())));
        try (Gate gate = Gate.builder().limits(recording(1 << 16)).start();
                RawClient client = gate.connect()) {
            int[] features = {Capability.REQUEST_IDS.code()};
            client.send(Frames.of(new HelloRequest(1, "test", features)));
            client.receive(HelloResponse.class);
            client.send(Frames.withRequestId(77, Frames.of(new WelcomeRequest(5))));
            assertEquals(77, client.receiveWithId(WelcomeResponse.class).requestId());
            String whole = tshark(gate);
            assertTrue(whole.contains("HelloResponse") && whole.contains("welcome:5"), whole);
            assertFalse(whole.contains("alformed"), whole);
            assertEquals(2, whole.split("requestId: 77", -1).length - 1, whole);
            assertEquals(4, explained(gate).size());

            // Another size begins anew, and knows nothing of the hello.
            gate.listener().changeLimits(recording(1 << 15));
            client.send(Frames.withRequestId(78, Frames.of(new WelcomeRequest(6))));
            client.receiveWithId(WelcomeResponse.class);
            String later = tshark(gate);
            assertTrue(later.contains("welcome:6") && later.contains("Request id 78."), later);
            assertFalse(later.contains("alformed") || later.contains("HelloResponse"), later);
        }
    }

    /** Lets nobody in. */
    private static final class NobodyKnown implements Identities {

        @Override
        public Optional<Identity> byPassword(String name, String password) {
            return Optional.empty();
        }

        @Override
        public Optional<Identity> byToken(String token) {
            return Optional.empty();
        }
    }

    private String tshark(Gate gate) throws Exception {
        Files.write(
                folder.resolve("recording.pcapng"),
                RecordingFile.of(recording(gate).orElseThrow()));
        return Tool.run(
                folder,
                "tshark",
                "-r",
                "recording.pcapng",
                "-X",
                "lua_script:framegate.lua",
                "-d",
                "tcp.port==" + gate.listener().address().getPort() + ",framegate",
                "-V");
    }

    private static TransportLimits recording(int bytes) {
        return TransportLimits.builder().recordedBytes(bytes).build();
    }

    private static void welcome(RawClient client, int number) throws IOException {
        client.send(Frames.of(new WelcomeRequest(number)));
        assertEquals("welcome:" + number, client.receive(WelcomeResponse.class).text());
    }

    private static Optional<CapturedFrames> recording(Gate gate) {
        return gate.listener().recording(gate.listener().connections().get(0).id());
    }

    private static List<Found> explained(Gate gate) throws Exception {
        List<Found> all = CaptureExplainer.explain(
                ContractReader.ofClassPath(RecordedFramesTest.class.getClassLoader()),
                RecordingFile.of(recording(gate).orElseThrow()));
        assertTrue(all.stream().noneMatch(Found::fault), all::toString);
        return all;
    }

    private static List<String> names(Gate gate) throws Exception {
        return explained(gate).stream()
                .map(found -> found.title().replaceFirst(".*: ", ""))
                .toList();
    }
}
