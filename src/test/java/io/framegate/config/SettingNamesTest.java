package io.framegate.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Containerfile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The names of settings in the documents and in the files of {@code payara-config}: all of them exist, and are told. */
class SettingNamesTest {

    private static final Path REFERENCE = Path.of("src", "docs", "reference", "settings.md");
    /** Of the pages that have tables of settings. */
    private static final String HEADER = "| property `framegate.…` |";

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`[a-z][a-z0-9.-]+\\.[a-z0-9-]+`(?:, `[a-z0-9.-]+`)*) \\|");
    private static final Pattern IN_ROW = Pattern.compile("`([a-z0-9.-]+)`");
    private static final Pattern NAME = Pattern.compile("framegate\\.([a-z][a-z0-9-]*(?:\\.[a-z][a-z0-9-]*)+)");
    private static final Pattern ENVIRONMENT = Pattern.compile("FRAMEGATE_[A-Z_]*[A-Z]");

    /** Those that {@link ConfigReader} lists in no list of settings. */
    private static final Set<String> SECRETS =
            Set.of("admin.password", "admin.password-hash", "tls.keystore-password", "tls.truststore-password");

    /** What begins like a setting and is something else: labels of traces, a logger's key, an attribute of requests, a host. */
    private static final Set<String> OTHERS =
            Set.of("request.size", "response.size", "response.level", "audit.detail", "example.org");

    /** What only the command line reads: where the server is, and who asks. */
    private static final Set<String> OF_THE_COMMAND_LINE =
            Set.of("HTTP", "HOST", "PORT", "TLS", "TRUST", "CERT", "KEY");

    @Test
    void theReferencePageIsUpToDate() throws Exception {
        String page = GateSettings.markdown();
        Path made = Files.writeString(Path.of("target", "settings.md"), page);
        assertEquals(page, Files.readString(REFERENCE), "cp " + made + " " + REFERENCE + " writes it anew");
    }

    @Test
    void formerNamesAreRefused() {
        GateSettings.RETIRED.forEach((former, name) -> {
            String sentence = Objects.requireNonNull(assertThrows(
                            InvalidConfigException.class,
                            () -> ConfigReader.read(new MapConfig(Map.of("framegate." + former, "1"))))
                    .getMessage());
            assertEquals("Set framegate." + name + " in place of framegate." + former + ", its former name.", sentence);
        });
    }

    @Test
    void areAllDocumented() throws Exception {
        Set<String> documented = documented();
        Set<String> missing = new TreeSet<>(ofTheGate());
        missing.removeAll(documented);
        assertEquals(Set.of(), missing);
    }

    @Test
    void existWhereTheyAreDocumented() throws Exception {
        Set<String> gate = ofTheGate();
        String sources = sources();
        documented().stream()
                .filter(name -> !gate.contains(name))
                .forEach(name -> assertTrue(sources.contains("\"framegate." + name + "\""), name + " is read nowhere"));
    }

    @Test
    void existWhereverTheyAreNamed() throws Exception {
        Set<String> names = documented();
        Set<String> environment =
                names.stream().map(SettingNamesTest::inEnvironment).collect(Collectors.toSet());
        OF_THE_COMMAND_LINE.forEach(name -> environment.add("FRAMEGATE_" + name));
        Map<String, String> wrong = new TreeMap<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            all(NAME, text)
                    .map(found -> found.group(1))
                    .filter(name -> !names.contains(name) && !OTHERS.contains(name) && !name.startsWith("test."))
                    .forEach(name -> wrong.put(name, file.toString()));
            all(ENVIRONMENT, text)
                    .map(MatchResult::group)
                    .filter(name -> !environment.contains(name))
                    .forEach(name -> wrong.put(name, file.toString()));
        }
        assertEquals(Map.of(), wrong);
    }

    @Test
    void letContainerAndPodsOpenThePort() throws Exception {
        Containerfile recipe = Containerfile.read(Path.of("payara-config", "Containerfile"));
        String run = recipe.comments().stream()
                .filter(line -> line.contains("-e ") && !line.contains("FRAMEGATE_TLS_"))
                .collect(Collectors.joining(" "));
        Map<String, String> environment = new HashMap<>(recipe.environment());
        InetAddress all = InetAddress.getByName("0.0.0.0");
        assertThrows(InvalidConfigException.class, () -> config(environment).requireProtection(all));
        all(Pattern.compile("-e (\\w+)=(\\S+)"), run).forEach(pair -> environment.put(pair.group(1), pair.group(2)));
        assertDoesNotThrow(() -> config(environment).requireProtection(all));

        Map<String, String> pod = new HashMap<>(recipe.environment());
        all(
                        Pattern.compile("\\{name: (FRAMEGATE_\\w+), value: \"?([^\"}]+)\"?}"),
                        Files.readString(Path.of("payara-config", "kubernetes.yml")))
                .forEach(pair -> pod.put(pair.group(1), pair.group(2)));
        assertDoesNotThrow(() -> config(pod).requireProtection(all));
    }

    private static GateConfig config(Map<String, String> environment) throws Exception {
        Map<String, String> values = new HashMap<>();
        for (String name : ofTheGate()) {
            Optional.ofNullable(environment.get(inEnvironment(name)))
                    .ifPresent(value -> values.put("framegate." + name, value));
        }
        return ConfigReader.read(new MapConfig(values)).gate();
    }

    private static Set<String> ofTheGate() {
        Set<String> names = ConfigReader.read(new MapConfig(Map.of()), Map.of(), Optional.empty()).all().stream()
                .map(setting -> setting.name().substring("framegate.".length()))
                .collect(Collectors.toSet());
        names.addAll(SECRETS);
        return names;
    }

    private static Set<String> documented() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (Path page : pages()) {
            String text = Files.readString(page);
            if (text.contains(HEADER)) {
                pages.append(text).append('\n');
            }
        }
        Set<String> names = all(ROW, pages.toString())
                .flatMap(row -> all(IN_ROW, row.group(1)))
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
        assertTrue(names.size() > 60, names.toString());
        return names;
    }

    /** As MicroProfile Config looks it up in the environment. */
    private static String inEnvironment(String name) {
        return ("framegate." + name).replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static Stream<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> config = Files.list(Path.of("payara-config"))) {
            return Stream.concat(config, pages().stream()).toList();
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.walk(Path.of("src", "docs"))) {
            return Stream.concat(Stream.of(Path.of("README.md")), pages.filter(page -> page.toString()
                            .endsWith(".md")))
                    .filter(page -> !page.endsWith("CHANGELOG.md"))
                    .toList();
        }
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(".java"))::iterator) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
