package io.framegate.ops;

import io.framegate.gate.Gate;
import io.framegate.gate.GateStarted;
import io.framegate.metrics.MessageMetrics;
import io.framegate.transport.Listener;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The gate over JMX, in the platform's MBean server:
 *
 * <pre>
 *  io.framegate:type=RunningInfo   requests, answers, errors, bytes; per message; resetCounters
 *  io.framegate:type=Listener      address, state, limit, certificate; pause, resume, drain, reloadCertificates
 *  io.framegate:type=Connections   the open ones; close
 *  io.framegate:type=Workers       threads, busy, outstanding, capacity
 * </pre>
 *
 * A second gate in the same JVM finds the names taken and goes without, which its log says.
 */
@ApplicationScoped
public class Management {

    private static final Logger LOG = System.getLogger(Management.class.getName());
    private static final String DOMAIN = "io.framegate";
    private static final String JMX = "JMX";

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>(); // at start and at the end only

    @Inject
    private AuditLog audit;

    /** For the container. */
    protected Management() {}

    void started(@Observes GateStarted event) {
        Gate gate = event.instance().gate();
        // JMX's threads are without the application's class loader, by which a proxy finds its bean.
        AuditLog.Acts own = audit.acts();
        register("RunningInfo", new RunningInfoView(gate, own));
        register("Listener", new ListenerView(gate, own));
        register("Connections", new ConnectionsView(gate, own));
        register("Workers", new WorkersView(gate));
    }

    private void register(String type, Object bean) {
        try {
            ObjectName name = new ObjectName(DOMAIN, "type", type);
            beans.registerMBean(bean, name);
            registered.add(name);
        } catch (JMException e) {
            LOG.log(Level.WARNING, "{0} does not show in JMX: {1}", type, e.getMessage());
        }
    }

    @PreDestroy
    void stop() {
        for (ObjectName name : registered) {
            try {
                beans.unregisterMBean(name);
            } catch (JMException e) {
                LOG.log(Level.DEBUG, "{0} was not in JMX any more", name);
            }
        }
    }

    /** JMX tells neither who asks nor from where. */
    private static void done(AuditLog.Acts audit, String act, String detail) {
        audit.done(act, JMX, JMX, detail);
    }

    /** What is counted. */
    public interface RunningInfoMXBean {

        long getRequestsReceived();

        long getRequestsAnswered();

        long getRequestsFailed();

        long getBytesRead();

        long getBytesWritten();

        /** Errors answered, by kind. */
        Map<String, Long> getRefusals();

        /** Every kind of request. */
        List<MessageView> getMessages();

        /** Begins to count anew. */
        void resetCounters();
    }

    /** The port. */
    public interface ListenerMXBean {

        String getAddress();

        int getPort();

        /** SERVING, PAUSED or DRAINING. */
        String getState();

        int getConnectionLimit();

        long getConnectionsOpened();

        long getConnectionsRefused();

        /** Whose certificate the port shows, and until when it is valid; empty without TLS. */
        String getCertificate();

        /** No new connections. */
        void pause();

        /** All of it again. */
        void resume();

        /** No new connections or requests; connections end as they are answered. */
        void drain();

        /** Looks at the files of the certificate now. TAKEN, UNCHANGED, REFUSED, or NO_TLS. */
        String reloadCertificates();
    }

    /** The open connections. */
    public interface ConnectionsMXBean {

        int getOpen();

        Map<String, Long> getClosedByReason();

        /** All of them, oldest first. */
        List<ConnectionView> getConnections();

        /** Closes one at once; whether there was one of that number. */
        boolean close(long id);
    }

    /** The threads that work. */
    public interface WorkersMXBean {

        int getThreads();

        int getBusy();

        int getOutstanding();

        int getCapacity();
    }

    /** One kind of request; times in nanoseconds. */
    public static final class MessageView {

        private final MessageMetrics message;

        MessageView(MessageMetrics message) {
            this.message = message;
        }

        public int getId() {
            return message.id();
        }

        public String getName() {
            return message.name();
        }

        public long getReceived() {
            return message.received();
        }

        public long getAnswered() {
            return message.answered();
        }

        public long getFailed() {
            return message.failed();
        }

        public long getP50Nanos() {
            return message.times().counts().quantile(0.5);
        }

        public long getP99Nanos() {
            return message.times().counts().quantile(0.99);
        }
    }

    /** One connection. */
    public static final class ConnectionView {

        private final Listener.View view;

        ConnectionView(Listener.View view) {
            this.view = view;
        }

        public long getId() {
            return view.id();
        }

        public String getRemote() {
            return view.peer().address().getAddress().getHostAddress() + ":"
                    + view.peer().address().getPort();
        }

        /** The name that it has logged in by, or of its certificate; empty for neither. */
        public String getPrincipal() {
            return view.principal();
        }

        public String getSince() {
            return view.since().toString();
        }

        public long getRequests() {
            return view.requests();
        }

        public int getInFlight() {
            return view.inFlight();
        }

        public long getBytesRead() {
            return view.bytesRead();
        }

        public long getBytesWritten() {
            return view.bytesWritten();
        }
    }

    private record RunningInfoView(Gate gate, AuditLog.Acts audit) implements RunningInfoMXBean {

        @Override
        public long getRequestsReceived() {
            return gate.info().messages().stream()
                    .mapToLong(MessageMetrics::received)
                    .sum();
        }

        @Override
        public long getRequestsAnswered() {
            return gate.info().messages().stream()
                    .mapToLong(MessageMetrics::answered)
                    .sum();
        }

        @Override
        public long getRequestsFailed() {
            return gate.info().messages().stream()
                    .mapToLong(MessageMetrics::failed)
                    .sum();
        }

        @Override
        public long getBytesRead() {
            return gate.info().bytesRead();
        }

        @Override
        public long getBytesWritten() {
            return gate.info().bytesWritten();
        }

        @Override
        public Map<String, Long> getRefusals() {
            return new TreeMap<>(gate.info().refusedByCode());
        }

        @Override
        public List<MessageView> getMessages() {
            return gate.info().messages().stream().map(MessageView::new).toList();
        }

        @Override
        public void resetCounters() {
            gate.info().reset();
            done(audit, "RunningInfo.resetCounters", "");
        }
    }

    private record ListenerView(Gate gate, AuditLog.Acts audit) implements ListenerMXBean {

        @Override
        public String getAddress() {
            return gate.address().getAddress().getHostAddress();
        }

        @Override
        public int getPort() {
            return gate.address().getPort();
        }

        @Override
        public String getState() {
            return gate.state().name();
        }

        @Override
        public int getConnectionLimit() {
            return gate.status().connections().limit();
        }

        @Override
        public long getConnectionsOpened() {
            return gate.info().connectionsOpened();
        }

        @Override
        public long getConnectionsRefused() {
            return gate.info().connectionsRefused();
        }

        @Override
        public void pause() {
            gate.pause();
            done(audit, "Listener.pause", "");
        }

        @Override
        public void resume() {
            gate.resume();
            done(audit, "Listener.resume", "");
        }

        @Override
        public String getCertificate() {
            return gate.certificate()
                    .map(state -> state.subject() + " until " + state.validUntil())
                    .orElse("");
        }

        @Override
        public void drain() {
            gate.drain();
            done(audit, "Listener.drain", "");
        }

        @Override
        public String reloadCertificates() {
            String outcome = gate.reloadCertificates().map(Enum::name).orElse("NO_TLS");
            done(audit, "Listener.reloadCertificates", outcome);
            return outcome;
        }
    }

    private record ConnectionsView(Gate gate, AuditLog.Acts audit) implements ConnectionsMXBean {

        @Override
        public int getOpen() {
            return gate.status().connections().open();
        }

        @Override
        public Map<String, Long> getClosedByReason() {
            return new TreeMap<>(gate.info().closedByReason());
        }

        @Override
        public List<ConnectionView> getConnections() {
            return gate.listener().connections().stream()
                    .map(ConnectionView::new)
                    .toList();
        }

        @Override
        public boolean close(long id) {
            boolean closed = gate.listener().close(id);
            done(audit, "Connections.close", "connection " + id + (closed ? "" : ", which there is not"));
            return closed;
        }
    }

    private record WorkersView(Gate gate) implements WorkersMXBean {

        @Override
        public int getThreads() {
            return gate.status().workers().threads();
        }

        @Override
        public int getBusy() {
            return gate.status().workers().busy();
        }

        @Override
        public int getOutstanding() {
            return gate.status().workers().outstanding();
        }

        @Override
        public int getCapacity() {
            return gate.status().workers().capacity();
        }
    }
}
