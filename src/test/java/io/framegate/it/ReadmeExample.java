package io.framegate.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.FileAsset;
import org.jboss.shrinkwrap.api.spec.JavaArchive;

/** The example of the README, as a reader would have it: its code blocks compiled into a jar of their own. */
final class ReadmeExample {

    private static final Pattern BLOCK = Pattern.compile("```java\\n(package .*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("public (?:record|class) (\\w+)");
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

    private ReadmeExample() {}

    /** Compiles every block that is a whole source file. */
    static JavaArchive jar() throws IOException {
        Path sources = Files.createDirectories(Path.of("target", "readme-example", "sources"));
        Path classes = Files.createDirectories(Path.of("target", "readme-example", "classes"));
        List<Path> files = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
        while (block.find()) {
            String code = block.group(1);
            Path directory = sources.resolve(first(PACKAGE, code).replace('.', '/'));
            Path file = Files.createDirectories(directory).resolve(first(NAME, code) + ".java");
            files.add(Files.writeString(file, code));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            null,
                            manager,
                            null,
                            List.of(
                                    "-d",
                                    classes.toString(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "-Xlint:none"),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (!compiled || files.isEmpty()) {
                throw new AssertionError("the README's example, " + files + ", does not compile");
            }
        }
        JavaArchive jar = ShrinkWrap.create(JavaArchive.class, "shout.jar");
        try (Stream<Path> compiled = Files.walk(classes)) {
            compiled.filter(file -> file.toString().endsWith(".class"))
                    .forEach(file -> jar.add(
                            new FileAsset(file.toFile()),
                            classes.relativize(file).toString()));
        }
        return jar;
    }

    private static String first(Pattern pattern, String code) {
        Matcher matcher = pattern.matcher(code);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + code);
        }
        return matcher.group(1);
    }
}
