package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** That Payara is kept from reading the WAR's libraries for annotations, as the {@code pom.xml} says, and misses nothing by it. */
class UnscannedLibrariesIT {

    private static final String RESOURCES = "META-INF/resources/";

    /** Our own, whose classes ArchitectureTest knows by what they are annotated with, not by what they name. */
    private static final String OURS = "WEB-INF/lib/framegate.jar";

    @Test
    void areThoseWithoutAnnotations() throws IOException {
        try (ZipFile war = new ZipFile(Path.of("target", "framegate.war").toFile())) {
            List<? extends ZipEntry> libraries = war.stream()
                    .filter(entry -> entry.getName().matches("WEB-INF/lib/.*[.]jar"))
                    .toList();
            assertFalse(libraries.isEmpty());
            assertNotNull(war.getEntry(OURS));
            int leftOut = 0;
            for (ZipEntry library : libraries) {
                String unpacked = library.getName().replace("/", "__").replace(".jar", "_jar");
                if (war.getEntry(unpacked + "/META-INF/MANIFEST.MF") == null) {
                    assertTrue(hasResources(war, library), library.getName() + " is read for no reason");
                } else {
                    leftOut++;
                    assertHasNothingForTheServer(war, library);
                }
            }
            assertEquals(
                    leftOut,
                    war.stream()
                            .filter(entry -> entry.getName().matches("WEB-INF__lib__[^/]*_jar/META-INF/MANIFEST.MF"))
                            .count());
        }
    }

    private static boolean hasResources(ZipFile war, ZipEntry library) throws IOException {
        try (ZipInputStream jar = new ZipInputStream(war.getInputStream(library))) {
            for (ZipEntry each = jar.getNextEntry(); each != null; each = jar.getNextEntry()) {
                if (each.getName().startsWith(RESOURCES)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void assertHasNothingForTheServer(ZipFile war, ZipEntry library) throws IOException {
        try (ZipInputStream jar = new ZipInputStream(war.getInputStream(library))) {
            for (ZipEntry each = jar.getNextEntry(); each != null; each = jar.getNextEntry()) {
                String name = each.getName();
                assertFalse(
                        name.startsWith(RESOURCES)
                                || name.matches("META-INF/(beans|web-fragment|persistence|faces-config)[.]xml")
                                || name.startsWith("META-INF/services/jakarta."),
                        library.getName() + " has " + name);
                if (name.endsWith(".class") && !library.getName().equals(OURS)) {
                    // Every annotation of Jakarta EE and MicroProfile is named in the class that has it.
                    String names = new String(jar.readAllBytes(), StandardCharsets.ISO_8859_1);
                    assertFalse(
                            names.contains("Ljakarta/") || names.contains("Lorg/eclipse/microprofile/"),
                            library.getName() + " has annotations in " + name);
                }
            }
        }
    }
}
