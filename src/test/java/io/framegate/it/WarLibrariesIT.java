package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/**
 * The libraries in the WAR: no class is in two of them, and none is Payara's, whose own comes first, so that one in the WAR
 * would be dead weight of another version.
 */
class WarLibrariesIT {

    private static final Path WAR = Path.of("target", "framegate.war");

    @Test
    void haveNoDuplicateClasses() throws IOException {
        Map<String, Set<String>> inWar = classesByJar(WAR);
        assertTrue(inWar.size() > 5, () -> "libraries: " + inWar.keySet());
        Set<String> payaras = new HashSet<>();
        classesByJar(payara()).values().forEach(payaras::addAll);
        assertTrue(payaras.size() > 10_000, () -> payaras.size() + " classes of Payara");
        Map<String, String> first = new HashMap<>();
        Set<String> twice = new TreeSet<>();
        inWar.forEach((jar, classes) -> classes.forEach(name -> {
            String other = payaras.contains(name) ? "Payara" : first.putIfAbsent(name, jar);
            if (other != null) {
                twice.add(jar + " and " + other);
            }
        }));
        assertEquals(Set.of(), twice);
    }

    private static Path payara() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> path.contains("payara-micro-6"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
    }

    /** Of the jars in an archive. */
    private static Map<String, Set<String>> classesByJar(Path archive) throws IOException {
        Map<String, Set<String>> jars = new TreeMap<>();
        try (ZipInputStream outer = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = outer.getNextEntry(); entry != null; entry = outer.getNextEntry()) {
                if (entry.getName().endsWith(".jar")) {
                    jars.put(entry.getName(), classes(outer));
                }
            }
        }
        return jars;
    }

    private static Set<String> classes(InputStream jar) throws IOException {
        Set<String> classes = new HashSet<>();
        // Not closed, since the archive goes on behind this jar.
        ZipInputStream inner = new ZipInputStream(jar);
        for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
            String name = entry.getName();
            if (name.endsWith(".class") && !name.startsWith("META-INF/") && !name.equals("module-info.class")) {
                classes.add(name);
            }
        }
        return classes;
    }
}
