package io.framegate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMembers;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Who may know whom. A package that is not named in a rule's list is not to be known. */
@AnalyzeClasses(packages = "io.framegate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.framegate";

    @ArchTest
    static final ArchRule message = mayKnow("message")
            .because("it is the public SPI: an application compiles against it, and against nothing else of ours");

    @ArchTest
    static final ArchRule messageKnowsOnlyJava = classes()
            .that()
            .resideInAPackage(ROOT + ".message..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".message..")
            .because("a client in Java must be able to use the records without Jakarta EE");

    @ArchTest
    static final ArchRule wire = mayKnow("wire", "message")
            .because("frames are bytes; the SPI's Compression and Refusal are all it needs from elsewhere");

    @ArchTest
    static final ArchRule codec =
            mayKnow("codec", "message").because("a record's bytes do not depend on what carries them");

    @ArchTest
    static final ArchRule metrics = mayKnow("metrics", "message")
            .because("everybody counts, so counters know nobody but the SPI, by which applications show theirs");

    @ArchTest
    static final ArchRule tls = mayKnow("tls").because("it secures bytes, whatever they are, at either end");

    @ArchTest
    static final ArchRule transport = mayKnow("transport", "message", "wire", "metrics", "tls")
            .because("it cuts frames and writes them; what they mean is behind its port");

    @ArchTest
    static final ArchRule session = mayKnow("session", "message")
            .because("what a connection has agreed on does not depend on how its bytes travel");

    @ArchTest
    static final ArchRule identity =
            mayKnow("identity", "config", "message", "session").because("it answers the one question that logins have");

    @ArchTest
    static final ArchRule dispatch = mayKnow("dispatch", "message", "codec", "wire", "transport", "session", "metrics")
            .because("it answers frames for transport's port");

    @ArchTest
    static final ArchRule config = mayKnow("config", "message", "wire", "transport", "tls")
            .because("it fills transport's limits and TLS's files and nothing more");

    @ArchTest
    static final ArchRule gate = mayKnow(
                    "gate", "message", "wire", "config", "transport", "tls", "session", "metrics", "dispatch")
            .because("it is all of these as one object, and needs no container");

    @ArchTest
    static final ArchRule client = mayKnow("client", "message", "codec", "wire", "tls", "welcome", "session")
            .because("it is a client: no server class may be in it");

    @ArchTest
    static final ArchRule contract = mayKnow("contract", "message", "codec", "wire", "client.cli")
            .because("it tells what records are, wherever they come from; only its commands know the command line");

    @ArchTest
    static final ArchRule contractIsNoClient = noClasses()
            .that()
            .resideInAPackage(ROOT + ".contract..")
            .and()
            .resideOutsideOfPackage(ROOT + ".contract.command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".client..")
            .because("the pages are in the WAR, the command line is not");

    @ArchTest
    static final ArchRule ops = mayKnow(
                    "ops",
                    "message",
                    "codec",
                    "config",
                    "dispatch",
                    "gate",
                    "metrics",
                    "transport",
                    "tls",
                    "client",
                    "session",
                    "contract")
            .because("it shows what there is, and is shown to nobody");

    @ArchTest
    static final ArchRule server = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".server..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".server..")
            .because("it is the gate's life in the container, which nothing else knows");

    @ArchTest
    static final ArchRule testing = mayKnow("testing", "message", "config", "gate", "session", "client")
            .because("it is a gate without a container, and with a client; nobody but tests knows it");

    @ArchTest
    static final ArchRule welcome = mayKnow("welcome", "message").because("it is the smallest guest of the gate");

    @ArchTest
    static final ArchRule mapIsAGuest = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".map..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".map..")
            .because("the map could be deleted without touching the gate");

    @ArchTest
    static final ArchRule mapUsesOnlyTheSpi = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".map.message..",
                    ROOT + ".map.work..",
                    ROOT + ".map.store..",
                    ROOT + ".map.load..",
                    ROOT + ".map.start..",
                    ROOT + ".map.admin..",
                    ROOT + ".map.edit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".server..",
                    ROOT + ".gate..",
                    ROOT + ".wire..",
                    ROOT + ".transport..",
                    ROOT + ".dispatch..",
                    ROOT + ".metrics..",
                    ROOT + ".config..",
                    ROOT + ".ops..")
            .because("a guest uses only what any user of the gate could use");

    @ArchTest
    static final ArchRule mapPage = mayKnow("map.page", "client", "message", "map.message")
            .because("the page draws what the TCP port answers, and must have no way around it");

    @ArchTest
    static final ArchRule noCycles = slices().matching(ROOT + ".(*)..")
            .should()
            .beFreeOfCycles()
            .because("there is one direction through the house");

    /** A method, since Surefire finds tests before it sets what the build says. */
    @ArchTest
    static void plainPackagesHaveNoAnnotations(JavaClasses all) {
        String reason = "the container does not look into framegate.jar, which is these packages";
        noClasses()
                .that()
                .resideInAnyPackage(plainPackages())
                .should()
                .beAnnotatedWith(containerAnnotation())
                .because(reason)
                .check(all);
        noMembers()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(plainPackages())
                .should()
                .beAnnotatedWith(containerAnnotation())
                .because(reason)
                .check(all);
    }

    @ArchTest
    static final ArchRule telemetry =
            mayKnow("telemetry", "dispatch").because("it makes spans of what dispatch tells, and knows nothing else");

    @ArchTest
    static final ArchRule oneClassKnowsOpenTelemetry = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".telemetry..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".server.FramegateServer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..")
            .because("without traces a request must not pay for them");

    @ArchTest
    static final ArchRule oneClassKnowsMicroProfileConfig = noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .and()
            .resideOutsideOfPackage(ROOT + ".map..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".config.ConfigReader")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".server.FramegateServer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.config..")
            .because("settings are read and checked in one place");

    @ArchTest
    static final ArchRule oneClassKnowsMicroProfileMetrics = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".server.MetricsPublisher")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".server.FramegateServer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.eclipse.microprofile.metrics..")
            .because("a Counter.inc costs more than a small request");

    @ArchTest
    static final ArchRule socketsAreTransports = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + ".transport..",
                    ROOT + ".tls..",
                    ROOT + ".client..",
                    ROOT + ".launch..",
                    ROOT + ".map.command..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.nio\\.channels\\.Asynchronous.*Channel.*")
            .because("NIO.2 stays in one package, in the client, and in what secures both");

    @ArchTest
    static final ArchRule loggingIsSystemLogger = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.util.logging..", "org.slf4j..", "org.apache.logging..", "org.apache.commons.logging..")
            .because("System.Logger reaches whatever the app server logs with");

    /** Of our own packages, these and itself, and no others; "" is the root. */
    private static ArchRule mayKnow(String owner, String... known) {
        List<String> allowed = new ArrayList<>(List.of(ROOT + "." + owner + ".."));
        for (String name : known) {
            allowed.add(name.isEmpty() ? ROOT : ROOT + "." + name + "..");
        }
        return classes()
                .that()
                .resideInAPackage(ROOT + "." + owner + "..")
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideOutsideOfPackage(ROOT + "..")
                        .or(JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))));
    }

    /** Those that the WAR has as a jar, as the build says. */
    private static String[] plainPackages() {
        return Arrays.stream(System.getProperty("framegate.war.plain-packages").split("[|]"))
                .map(name -> ROOT + "." + name.replace('/', '.') + "..")
                .toArray(String[]::new);
    }

    private static DescribedPredicate<JavaAnnotation<?>> containerAnnotation() {
        return DescribedPredicate.describe("an annotation for the container", annotation -> {
            String name = annotation.getRawType().getPackageName();
            return name.startsWith("jakarta.") || name.startsWith("org.eclipse.microprofile.");
        });
    }
}
