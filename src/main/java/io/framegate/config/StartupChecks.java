package io.framegate.config;

import io.framegate.transport.TransportLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares the settings with each other and with what the process has been given, at start. Each finding is a sentence that
 * says what to change.
 *
 * @param refusals why the gate must not start: it could not keep what the settings promise
 * @param warnings what an operator should know
 * @param idleBytes heap that all allowed connections take while nothing is asked
 * @param requestBytes heap that the largest request takes while it is read and opened
 */
public record StartupChecks(List<String> refusals, List<String> warnings, long idleBytes, long requestBytes) {

    /** Heap of a connection that waits: its buffer, its line of replies, and what the JDK has of the socket. */
    static final int IDLE_CONNECTION_BYTES = 3 * 1024;

    /** Files that the server has open besides the connections: jars, the log, the database's sockets. */
    static final int OTHER_FILES = 500;

    private static final long MEBI = 1024 * 1024;

    public StartupChecks {
        refusals = List.copyOf(refusals);
        warnings = List.copyOf(warnings);
    }

    /**
     * What the process has been given.
     *
     * @param heapBytes the most that the heap may become
     * @param openFiles the most files and sockets that may be open; {@link Long#MAX_VALUE} where nothing says so
     * @param backlog the kernel's own limit of connections that wait to be accepted; likewise
     */
    public record Given(long heapBytes, long openFiles, long backlog) {}

    /** Compares. */
    public static StartupChecks of(GateConfig config, Given given) {
        List<String> refusals = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        TransportLimits limits = config.limits();
        long idle = (long) limits.maxConnections() * IDLE_CONNECTION_BYTES;
        // The buffer doubles while a body arrives, and what it is decompressed to comes on top.
        long request = 2L * limits.maxBodyBytes() + config.maxPayloadBytes();

        if (idle > given.heapBytes()) {
            refusals.add(sentence(
                    "Set framegate.listener.max-connections to at most %d, or give the JVM a larger heap (-Xmx): %d idle"
                            + " connections alone need %d MiB, the heap has %d MiB.",
                    given.heapBytes() / 2 / IDLE_CONNECTION_BYTES,
                    limits.maxConnections(),
                    idle / MEBI,
                    given.heapBytes() / MEBI));
        } else if (idle > given.heapBytes() / 2) {
            warnings.add(sentence(
                    "%d idle connections (framegate.listener.max-connections) need %d of the heap's %d MiB; give the JVM a"
                            + " larger one (-Xmx).",
                    limits.maxConnections(), idle / MEBI, given.heapBytes() / MEBI));
        }
        if (limits.maxBodyBytes() > given.heapBytes()) {
            refusals.add(sentence(
                    "Set framegate.listener.max-body-size to less than the heap, or give the JVM a larger one (-Xmx): one"
                            + " request may have %d MiB, the heap has %d MiB.",
                    limits.maxBodyBytes() / MEBI, given.heapBytes() / MEBI));
        } else if (request > given.heapBytes()) {
            warnings.add(sentence(
                    "One request of the largest size can take %d MiB while it is read and opened, the heap has %d MiB; lower"
                            + " framegate.listener.max-body-size and framegate.compression.max-payload-size, or raise -Xmx.",
                    request / MEBI, given.heapBytes() / MEBI));
        }
        if (limits.maxConnections() + OTHER_FILES > given.openFiles()) {
            warnings.add(sentence(
                    "The process may have %d open files, which is less than framegate.listener.max-connections (%d) and %d"
                            + " others need; raise it (ulimit -n, or LimitNOFILE= in the systemd unit), or lower the"
                            + " setting.",
                    given.openFiles(), limits.maxConnections(), OTHER_FILES));
        }
        if (config.backlog() > given.backlog()) {
            warnings.add(sentence(
                    "The kernel keeps at most %d connections until they are accepted (net.core.somaxconn), not the %d of"
                            + " framegate.listener.backlog; raise it, or lower the setting.",
                    given.backlog(), config.backlog()));
        }
        if (config.queueCapacity() < config.workerThreads()) {
            warnings.add(sentence(
                    "framegate.workers.queue-capacity (%d) is less than framegate.workers.threads (%d): so many threads can"
                            + " never be busy; raise the one or lower the other.",
                    config.queueCapacity(), config.workerThreads()));
        }
        if (config.drainTimeout().compareTo(limits.lingerTimeout()) < 0) {
            warnings.add(sentence(
                    "framegate.listener.drain-timeout (%s) is shorter than framegate.listener.linger-timeout (%s): at the"
                            + " stop clients that are slow to take their last reply are cut off; make it longer.",
                    config.drainTimeout(), limits.lingerTimeout()));
        }
        return new StartupChecks(refusals, warnings, idle, request);
    }

    /**
     * What to do about an executor that gives the gate fewer threads than the settings ask for. Only the running gate can
     * tell: how many an executor of the app server has is its own secret.
     *
     * @param running so many threads it has given
     */
    public static String threadsMissing(ServerConfig config, int running) {
        return sentence(
                "The managed executor %s runs %d worker threads, not the %d of framegate.workers.threads; give it a core size"
                        + " of at least as many, or lower the setting.",
                config.executor(), running, config.gate().workerThreads());
    }

    private static String sentence(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
