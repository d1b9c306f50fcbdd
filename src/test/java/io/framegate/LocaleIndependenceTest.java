package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Handle;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Label;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Type;
import io.framegate.contract.ContractReader;
import io.framegate.contract.generate.Output;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * What the gate writes and reads is the same in every language of the machine that it runs on: an Arabic one has digits of
 * its own, a Turkish one another upper case of i, and that of {@code LC_ALL=C} knows ASCII alone. So no class of ours calls
 * what takes the machine's language or character set where there is a way to name one, and a number is turned into text
 * before it goes to the log, which writes numbers in the machine's way.
 */
class LocaleIndependenceTest {

    private static final Path CLASSES = Path.of("target", "classes", "io", "framegate");

    /** The run command and the command line speak to a person in a terminal, whose character set is the machine's. */
    private static final Set<String> SPEAK_TO_A_TERMINAL = Set.of("io/framegate/launch/Terminal");

    private static final String TEXT = "java/lang/String";
    private static final String LOGGER = "java/lang/System$Logger";
    private static final String VARIED = "[Ljava/lang/Object;)";

    /** Each without its return type; a variant with a locale or a character set has other parameters. */
    private static final Set<String> OF_THE_MACHINES_LANGUAGE = Set.of(
            "java/lang/String.format(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/lang/String.formatted([Ljava/lang/Object;)",
            "java/lang/String.toUpperCase()",
            "java/lang/String.toLowerCase()",
            "java/io/PrintStream.printf(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/io/PrintStream.format(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/io/PrintWriter.printf(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/io/PrintWriter.format(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/util/Formatter.<init>()",
            "java/util/Formatter.<init>(Ljava/lang/Appendable;)",
            "java/util/Locale.getDefault()",
            "java/util/Locale.getDefault(Ljava/util/Locale$Category;)",
            "java/util/Scanner.<init>(Ljava/io/InputStream;)",
            "java/util/Scanner.<init>(Ljava/lang/String;)",
            "java/text/MessageFormat.format(Ljava/lang/String;[Ljava/lang/Object;)",
            "java/text/MessageFormat.<init>(Ljava/lang/String;)",
            "java/text/NumberFormat.getInstance()",
            "java/text/NumberFormat.getNumberInstance()",
            "java/text/NumberFormat.getIntegerInstance()",
            "java/text/NumberFormat.getPercentInstance()",
            "java/text/NumberFormat.getCompactNumberInstance()",
            "java/text/DecimalFormat.<init>()",
            "java/text/DecimalFormat.<init>(Ljava/lang/String;)",
            "java/text/SimpleDateFormat.<init>()",
            "java/text/SimpleDateFormat.<init>(Ljava/lang/String;)",
            "java/text/Collator.getInstance()",
            "java/time/format/DateTimeFormatter.ofPattern(Ljava/lang/String;)",
            "java/time/format/DateTimeFormatterBuilder.toFormatter()");

    private static final Set<String> OF_THE_MACHINES_CHARACTER_SET = Set.of(
            "java/lang/String.getBytes()",
            "java/lang/String.<init>([B)",
            "java/lang/String.<init>([BII)",
            "java/io/InputStreamReader.<init>(Ljava/io/InputStream;)",
            "java/io/OutputStreamWriter.<init>(Ljava/io/OutputStream;)",
            "java/io/FileReader.<init>(Ljava/lang/String;)",
            "java/io/FileReader.<init>(Ljava/io/File;)",
            "java/io/FileWriter.<init>(Ljava/lang/String;)",
            "java/io/FileWriter.<init>(Ljava/io/File;)",
            "java/io/PrintStream.<init>(Ljava/io/OutputStream;)",
            "java/io/PrintStream.<init>(Ljava/io/OutputStream;Z)",
            "java/io/PrintWriter.<init>(Ljava/io/OutputStream;)",
            "java/io/PrintWriter.<init>(Ljava/io/OutputStream;Z)",
            "java/io/ByteArrayOutputStream.toString()",
            "java/lang/Process.inputReader()",
            "java/lang/Process.errorReader()",
            "java/lang/Process.outputWriter()",
            "java/nio/charset/Charset.defaultCharset()");

    private static final List<String> OF_WHAT_IS_WRITTEN_AND_READ = List.of(
            "io.framegate.HostileLogTest",
            "io.framegate.client.cli.FramegateCommandTest",
            "io.framegate.config.ConfigReaderTest",
            "io.framegate.config.DynamicConfigTest",
            "io.framegate.config.StartupChecksTest",
            "io.framegate.contract.ContractTest",
            "io.framegate.contract.FrameExplainerTest",
            "io.framegate.contract.MessageJsonTest",
            "io.framegate.launch.LaunchSettingsTest",
            "io.framegate.launch.ServerLogTest",
            "io.framegate.map.MapSettingsTest",
            "io.framegate.map.message.MapSheetTest");

    private final List<String> found = new ArrayList<>();

    @Test
    void noClassUsesTheDefaultLocaleOrCharset() throws IOException {
        int classes = 0;
        try (Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                try (InputStream bytes = Files.newInputStream(file)) {
                    look(bytes);
                }
                classes++;
            }
        }
        assertTrue(classes > 400, classes + " classes");
        assertEquals("", String.join("\n", found));
    }

    @Test
    void seesEachOfTheWaysToDoSo() throws IOException {
        try (InputStream bytes = Offender.class.getResourceAsStream("LocaleIndependenceTest$Offender.class")) {
            look(bytes);
        }
        List<String> seen = found.stream()
                .map(line -> line.replaceFirst(".* (?=\\S+$)", ""))
                .toList();
        assertEquals(
                List.of(
                        "String.format",
                        "String.toUpperCase",
                        "String.toLowerCase",
                        "String.getBytes",
                        "Logger.log",
                        "Logger.log"),
                seen,
                found::toString);
    }

    /**
     * In a JVM of its own: the tests of what is written and read, which know the right values, and all texts that are made of
     * the contract.
     */
    @ParameterizedTest
    @CsvSource({"ar, EG", "tr, TR"})
    void behavesTheSameInAnyLocale(String language, String country, @TempDir Path directory) throws Exception {
        Path told = directory.resolve("told");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", // it lives for a moment
                        "-Duser.language=" + language,
                        "-Duser.country=" + country,
                        "-Dfile.encoding=US-ASCII",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LocaleIndependenceTest.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS), "it does not end");
        assertEquals(0, process.exitValue(), () -> read(told));
        for (Output output : Output.values()) {
            assertEquals(contractAs(output), Files.readString(directory.resolve(output.fileName())), output.name());
        }
    }

    private static String contractAs(Output output) {
        return output.of(ContractReader.ofClassPath(LocaleIndependenceTest.class.getClassLoader()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Runs tests, writes the texts into a directory, and ends with the number of tests that failed. */
    public static void main(String[] args) throws IOException {
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherConfig config = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(config)
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(OF_WHAT_IS_WRITTEN_AND_READ.stream()
                                        .map(DiscoverySelectors::selectClass)
                                        .toList())
                                .build(),
                        summary);
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.US_ASCII));
        boolean complete = summary.getSummary().getTestsSucceededCount() > OF_WHAT_IS_WRITTEN_AND_READ.size()
                && summary.getSummary().getTotalFailureCount() == 0;
        for (Output output : Output.values()) {
            Files.writeString(Path.of(args[0], output.fileName()), contractAs(output));
        }
        System.exit(complete ? 0 : 1);
    }

    /** What must be seen, and then what must not. */
    @SuppressWarnings("unused") // looked at as bytes
    private static final class Offender {

        private static final System.Logger LOG = System.getLogger("offender");

        Object offends(String text, int number) {
            LOG.log(System.Logger.Level.INFO, "{0}", Long.toString(number));
            Stream<String> lower =
                    Stream.of(String.format("%d", number), text.toUpperCase()).map(String::toLowerCase);
            byte[] bytes = text.getBytes();
            LOG.log(System.Logger.Level.INFO, "{0} {1}", text, number);
            LOG.log(System.Logger.Level.INFO, "{0} of {1}", String.format(Locale.ROOT, "%d", number), 7.0 * number);
            return List.of(lower, bytes);
        }

        Object doesNot(String text, int number) {
            LOG.log(System.Logger.Level.INFO, "{0} {1}", String.format(Locale.ROOT, "%d", number), text);
            return text.toLowerCase(Locale.ROOT);
        }
    }

    private void look(InputStream bytes) throws IOException {
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            private String owner = "";

                            @Override
                            public void visit(
                                    int version,
                                    int access,
                                    String name,
                                    String signature,
                                    String superName,
                                    String[] interfaces) {
                                owner = name;
                            }

                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] exceptions) {
                                return new Calls(owner);
                            }
                        },
                        ClassReader.SKIP_FRAMES);
    }

    /** The calls of one method. */
    private final class Calls extends MethodVisitor {

        private final String owner;
        private final Deque<Boolean> arrays = new ArrayDeque<>(); // of objects, being filled: whether a number is in it
        private boolean boxed; // a number, by the last instruction
        private int line;

        Calls(String owner) {
            super(Opcodes.ASM9);
            this.owner = owner;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.ANEWARRAY && type.equals("java/lang/Object")) {
                arrays.push(false);
            }
            boxed = false;
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.AASTORE && boxed && !arrays.isEmpty()) {
                arrays.pop();
                arrays.push(true);
            }
            boxed = false;
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            boxed = false;
        }

        @Override
        public void visitMethodInsn(int opcode, String type, String name, String descriptor, boolean isInterface) {
            boolean withNumber = descriptor.contains(VARIED) && !arrays.isEmpty() && arrays.pop();
            boxed = name.equals("valueOf")
                    && type.startsWith("java/lang/")
                    && !type.equals(TEXT)
                    && Type.getArgumentTypes(descriptor)[0].getSort() >= Type.BYTE
                    && Type.getArgumentTypes(descriptor)[0].getSort() <= Type.DOUBLE;
            if (type.equals(LOGGER) && withNumber) {
                tell(type, name);
            }
            called(type, name, descriptor);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            Arrays.stream(arguments)
                    .filter(Handle.class::isInstance)
                    .map(Handle.class::cast)
                    .forEach(handle -> called(handle.getOwner(), handle.getName(), handle.getDesc()));
            boxed = false;
        }

        private void called(String type, String name, String descriptor) {
            String call = type + "." + name + descriptor.substring(0, descriptor.indexOf(')') + 1);
            if (OF_THE_MACHINES_LANGUAGE.contains(call)
                    || OF_THE_MACHINES_CHARACTER_SET.contains(call) && !SPEAK_TO_A_TERMINAL.contains(owner)) {
                tell(type, name);
            }
        }

        private void tell(String type, String name) {
            found.add(owner.replace('/', '.') + ":" + line + " calls "
                    + type.substring(type.lastIndexOf('/') + 1).replaceFirst(".*\\$", "") + "." + name);
        }
    }
}
