package io.framegate.testkit;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The instructions of a Containerfile, in order: one for each line, or for several that a backslash joins. Comments are kept apart.
 *
 * @param comments their lines, without the sign
 */
public record Containerfile(List<Instruction> instructions, List<String> comments) {

    /**
     * One instruction.
     *
     * @param name in capitals
     * @param arguments what follows it, on one line
     */
    public record Instruction(String name, String arguments) {}

    /** Reads a file. */
    public static Containerfile read(Path file) throws IOException {
        List<Instruction> instructions = new ArrayList<>();
        List<String> comments = new ArrayList<>();
        StringBuilder open = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.startsWith("#")) {
                comments.add(text.substring(1).strip());
            } else if (text.endsWith("\\")) {
                open.append(text, 0, text.length() - 1);
            } else if (!text.isEmpty()) {
                String[] parts = open.append(text).toString().split("\\s+", 2);
                instructions.add(new Instruction(parts[0], parts.length < 2 ? "" : parts[1]));
                open.setLength(0);
            }
        }
        if (open.length() > 0) {
            throw new IOException("the last instruction of " + file + " has no end");
        }
        return new Containerfile(List.copyOf(instructions), List.copyOf(comments));
    }

    /** The arguments of all instructions of this name. */
    public List<String> all(String name) {
        return instructions.stream()
                .filter(each -> each.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }

    /** The arguments of the one instruction of this name. */
    public String the(String name) {
        List<String> all = all(name);
        if (all.size() != 1) {
            throw new AssertionError("there are " + all.size() + " instructions " + name);
        }
        return all.get(0);
    }

    /** What is copied into the image, by its path there. */
    public Map<String, Path> copies() {
        Map<String, Path> copies = new LinkedHashMap<>();
        for (String arguments : all("COPY")) {
            String[] paths = arguments.split("\\s+");
            String to = paths[paths.length - 1];
            for (int i = 0; i < paths.length - 1; i++) {
                Path from = Path.of(paths[i]);
                copies.put(to.endsWith("/") ? to + from.getFileName() : to, from);
            }
        }
        return copies;
    }

    /** The environment that it sets. */
    public Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String arguments : all("ENV")) {
            for (String pair : arguments.split("\\s+")) {
                String[] parts = pair.split("=", 2);
                environment.put(parts[0], parts[1]);
            }
        }
        return environment;
    }

    /**
     * The program and its arguments.
     *
     * @throws jakarta.json.JsonException if it is not in exec form, that is an array of strings
     */
    public List<String> entrypoint() {
        try (JsonReader reader = Json.createReader(new StringReader(the("ENTRYPOINT")))) {
            return reader.readArray().getValuesAs(JsonString::getString);
        }
    }
}
