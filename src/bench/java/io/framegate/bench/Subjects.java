package io.framegate.bench;

import io.framegate.bench.guest.BulkRequest;
import io.framegate.bench.guest.BulkResponse;
import io.framegate.bench.guest.BulkWorker;
import io.framegate.bench.guest.HandedRequest;
import io.framegate.bench.guest.HandedResponse;
import io.framegate.bench.guest.HandedWorker;
import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gate and its peers, each in a process of its own. What {@code bench.subjects}, a regular expression of names, does
 * not match is left out. Another build of the gate is measured beside this one if {@code bench.other-war} is where its WAR is.
 */
final class Subjects implements AutoCloseable {

    static final int WELCOME = 100101;

    static final int WELCOME_RESPONSE = 500101;

    private static final Path BUILT = Path.of("target", "framegate.war");

    private final String wanted = System.getProperty("bench.subjects", ".*");
    private final EmbeddedDatabase database;
    private final List<Subject> subjects = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One row of the table.
     *
     * @param name in the table
     * @param subject its process
     * @param target where in it
     * @param isPeer whether it is something else than the gate
     */
    record Entry(String name, Subject subject, Target target, boolean isPeer) {}

    private Subjects(EmbeddedDatabase database) {
        this.database = database;
    }

    /** Starts all of them, and the gate's database. */
    static Subjects start(Path directory) throws Exception {
        Subjects started = new Subjects(
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log")));
        try {
            started.startGates(directory);
            started.startPeers();
            return started;
        } catch (Exception e) {
            started.close();
            throw e;
        }
    }

    List<Entry> entries() {
        return entries;
    }

    private void startGates(Path directory) throws Exception {
        String other = System.getProperty("bench.other-war", "");
        if (!other.isEmpty()) {
            // First, so that it finds a database of its own version.
            gate(
                    war(Path.of(other), directory.resolve("other.war")),
                    Map.of("other build, non-blocking", false, "other build, managed executor", true));
            gate(
                    directory.resolve("other.war"),
                    Map.of("other build, always handed over", true),
                    "-Dframegate.workers.inline-fast=false");
        }
        Path war = war(directory);
        gate(war, Map.of("framegate, non-blocking", false, "framegate, managed executor", true));
        gate(war, Map.of("framegate, always handed over", true), "-Dframegate.workers.inline-fast=false");
    }

    /**
     * Starts a gate for some rows, unless none of them is wanted.
     *
     * @param rows by name, whether the worker is one that may wait
     */
    private void gate(Path war, Map<String, Boolean> rows, String... options) throws Exception {
        if (rows.keySet().stream().noneMatch(name -> name.matches(wanted))) {
            return;
        }
        Subject gate = Subject.gate(war, database.address(), options);
        subjects.add(gate);
        rows.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(row -> add(
                        row.getKey(),
                        gate,
                        row.getValue() ? HandedRequest.ID : WELCOME,
                        row.getValue() ? HandedResponse.ID : WELCOME_RESPONSE,
                        false));
    }

    private void startPeers() throws Exception {
        Map<String, String> peers = new LinkedHashMap<>();
        peers.put("netty-handoff", "Netty, hand-off per connection");
        peers.put("netty-group", "Netty, executor group");
        peers.put("netty-inline", "Netty, inline handler");
        peers.put("vertx-blocking", "Vert.x, executeBlocking");
        peers.put("nio2-buffered", "NIO.2, one buffered read");
        peers.put("nio2-buffered-handoff", "NIO.2, one buffered read, hand-off per connection");
        peers.put("nio2-two-reads", "NIO.2, header and body read separately");
        for (Map.Entry<String, String> peer : peers.entrySet()) {
            if (peer.getValue().matches(wanted)) {
                Subject subject = Subject.peer(peer.getKey());
                subjects.add(subject);
                add(peer.getValue(), subject, WELCOME, WELCOME_RESPONSE, true);
            }
        }
    }

    private void add(String name, Subject subject, int requestId, int responseId, boolean isPeer) {
        if (name.matches(wanted)) {
            entries.add(new Entry(name, subject, new Target(name, subject.port(), requestId, responseId), isPeer));
        }
    }

    /** The WAR with the benchmark's guest in it. */
    static Path war(Path directory) throws IOException {
        return war(BUILT, directory.resolve("framegate.war"));
    }

    private static Path war(Path built, Path war) throws IOException {
        return war(
                built,
                war,
                List.of(
                        HandedRequest.class,
                        HandedResponse.class,
                        HandedWorker.class,
                        BulkRequest.class,
                        BulkResponse.class,
                        BulkWorker.class));
    }

    /** A copy of this build's WAR with these classes in it. */
    static Path war(Path war, List<Class<?>> guest) throws IOException {
        return war(BUILT, war, guest);
    }

    /** A copy of another WAR with these classes in it. */
    static Path war(Path built, Path war, List<Class<?>> guest) throws IOException {
        Files.copy(built, war, StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            for (Class<?> type : guest) {
                String path = type.getName().replace('.', '/') + ".class";
                Path inside = files.getPath("WEB-INF", "classes", path);
                Files.createDirectories(inside.getParent());
                try (var in = type.getResourceAsStream("/" + path)) {
                    Files.copy(in, inside);
                }
            }
        }
        return war;
    }

    @Override
    public void close() throws InterruptedException {
        for (Subject subject : subjects) {
            subject.close();
        }
        database.close();
    }
}
