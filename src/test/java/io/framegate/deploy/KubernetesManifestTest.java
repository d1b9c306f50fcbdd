package io.framegate.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The manifest for Kubernetes, read into the types that are made of Kubernetes' own schema: a field that it does not know, or that
 * is of another type, fails. And what the parts say of each other has to agree.
 */
class KubernetesManifestTest {

    private static final Path FILE = Path.of("payara-config", "kubernetes.yml");

    /** Seconds of {@code framegate.listener.drain-timeout}, where nobody says otherwise. */
    private static final int DRAIN_SECONDS = 20;

    private static final Map<String, Class<? extends HasMetadata>> KINDS =
            Map.of("apps/v1 Deployment", Deployment.class, "v1 Service", Service.class);

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    // The types keep unknown fields, for servers newer than they are. Here one is a mistake.
                    return false;
                }
            })
            .build();

    private Deployment deployment;
    private Container container;
    private List<Service> services;

    @BeforeEach
    void read() throws Exception {
        List<HasMetadata> all = parse(Files.readString(FILE));
        deployment = all.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
        services = all.stream()
                .filter(Service.class::isInstance)
                .map(Service.class::cast)
                .toList();
        container = pod().getContainers().get(0);
    }

    /** A key that comes twice is refused too. */
    private static List<HasMetadata> parse(String text) throws IOException {
        List<HasMetadata> all = new ArrayList<>();
        for (Object read : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            JsonNode document = STRICT.valueToTree(read);
            String kind = document.path("apiVersion").asText() + " "
                    + document.path("kind").asText();
            assertTrue(KINDS.containsKey(kind), kind);
            all.add(STRICT.treeToValue(document, KINDS.get(kind)));
        }
        return all;
    }

    private PodSpec pod() {
        return deployment.getSpec().getTemplate().getSpec();
    }

    @Test
    void wouldSayThatAFieldIsUnknown() throws Exception {
        String mistaken = Files.readString(FILE).replace("readinessProbe:", "readynessProbe:");
        assertTrue(assertThrows(UnrecognizedPropertyException.class, () -> parse(mistaken))
                .getMessage()
                .contains("readynessProbe"));
    }

    @Test
    void probesTheServersHealth() {
        Map<String, Probe> probes = Map.of(
                "/health/started", container.getStartupProbe(),
                "/health/ready", container.getReadinessProbe(),
                "/health/live", container.getLivenessProbe());
        probes.forEach((path, probe) -> {
            assertEquals(path, probe.getHttpGet().getPath());
            assertEquals(8080, ports().get(probe.getHttpGet().getPort().getStrVal()));
        });
        assertEquals(7400, ports().get("frames"));
    }

    @Test
    void sendsItsServicesToThePodsPorts() {
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertEquals(labels, deployment.getSpec().getSelector().getMatchLabels());
        assertEquals(2, services.size());
        for (Service service : services) {
            assertTrue(labels.entrySet()
                    .containsAll(service.getSpec().getSelector().entrySet()));
            service.getSpec()
                    .getPorts()
                    .forEach(port -> assertEquals(
                            port.getPort(), ports().get(port.getTargetPort().getStrVal())));
        }
    }

    @Test
    void leavesTimeToDrain() {
        List<String> before = container.getLifecycle().getPreStop().getExec().getCommand();
        assertEquals("sleep", before.get(0));
        long needed = Long.parseLong(before.get(1)) + DRAIN_SECONDS;
        assertTrue(pod().getTerminationGracePeriodSeconds() > needed, needed + " s and some air are needed");
        assertEquals(
                0,
                deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal());
    }

    @Test
    void runsUnprivilegedWithExternalSecrets() {
        assertEquals(true, pod().getSecurityContext().getRunAsNonRoot());
        assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
        assertEquals(
                List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
        Map<String, EnvVar> environment =
                container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, Function.identity()));
        for (String secret : List.of("FRAMEGATE_DATABASE_PASSWORD", "FRAMEGATE_ADMIN_PASSWORD")) {
            assertEquals(
                    "framegate",
                    environment.get(secret).getValueFrom().getSecretKeyRef().getName());
        }
        String image = container.getImage();
        assertFalse(image.endsWith(":latest") || !image.contains(":"), image + " may be another one tomorrow");
    }

    private Map<String, Integer> ports() {
        return container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }
}
