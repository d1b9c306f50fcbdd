package io.framegate.session;

import io.framegate.message.Refusal;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The state of one connection above its frames: the agreed capabilities, and the client's identity. A worker gets
 * the {@link Sender} of its request: the session with the identity that it had when the request was read.
 *
 * <p><b>Threads.</b> The I/O thread negotiates, a worker's thread logs in, any thread reads.
 */
public final class Session {

    private static final int MAX_CLIENT_NAME = 100;

    private final ServerCapabilities facts;
    private final long connectionId;
    private final InetSocketAddress address;
    private final Predicate<Record> pushing;

    // The I/O thread's own.
    private boolean begun;

    // Written by one thread, read by all: each is replaced as a whole.
    private volatile Set<Capability> features = Set.of();
    private volatile String client = "";
    private volatile Sender sender;
    private volatile boolean connected = true;

    private final Sender stranger = new Sender(this, null);

    /**
     * @param certificate the client's verified certificate, if TLS asked for one: then it is authenticated from the beginning
     * @param pushing sends a notice; false if it can't
     */
    public Session(
            ServerCapabilities facts,
            long connectionId,
            InetSocketAddress address,
            Optional<X509Certificate> certificate,
            Predicate<Record> pushing) {
        this.facts = facts;
        this.connectionId = connectionId;
        this.address = address;
        this.pushing = pushing;
        this.sender = certificate
                .map(shown -> new Sender(
                        this,
                        new Identity(
                                commonName(shown),
                                facts.certificateRoles(),
                                shown.getNotAfter().toInstant())))
                .orElse(stranger);
    }

    /** A request other than {@link HelloRequest} has been read: version 1 holds for good. */
    public void begin() {
        begun = true;
    }

    /**
     * Negotiates the capabilities.
     *
     * @return those that hold from the next frame on
     * @throws Refusal after another request, whose answer may be on its way by version 1
     */
    HelloResponse agree(HelloRequest hello) {
        if (begun) {
            throw new Refusal(
                    Refusal.Code.INVALID, "A hello is the first message of a connection, or comes not at all.");
        }
        if (hello.protocolVersion() < 1) {
            throw new Refusal(
                    Refusal.Code.INVALID,
                    "There is no version " + hello.protocolVersion() + " of this protocol; the first is 1.");
        }
        begun = true;
        client = hello.client().length() > MAX_CLIENT_NAME
                ? hello.client().substring(0, MAX_CLIENT_NAME)
                : hello.client();
        features = Collections.unmodifiableSet(Capability.of(hello.features()));
        return new HelloResponse(
                1,
                facts.server(),
                Capability.codes(features),
                facts.maxBodyBytes(),
                facts.maxInFlight(),
                facts.loginRequired());
    }

    /** Authenticates the client. */
    LoginResponse logIn(Identity known) {
        sender = new Sender(this, known);
        return new LoginResponse(known.name(), known.roles().stream().sorted().toList());
    }

    /** The connection has ended. */
    public void end() {
        connected = false;
    }

    /** Whether both sides have this capability. */
    public boolean has(Capability feature) {
        return features.contains(feature);
    }

    /** The name that the client gave itself; empty without a hello. */
    public String client() {
        return client;
    }

    /** Whether anything but a hello and a login is to be refused. */
    public boolean isLoginMissing() {
        return facts.loginRequired() && !isKnown();
    }

    /** Whether the client has to log in and never has; an expired login counts as one. */
    public boolean awaitsLogin() {
        return facts.loginRequired() && sender == stranger;
    }

    /** Whether the client is authenticated. */
    public boolean isKnown() {
        return sender() != stranger;
    }

    /**
     * The sender of requests that are read now. A login gives later requests another sender, and so does the expiry of an
     * identity.
     */
    public Sender sender() {
        Sender now = sender;
        return now.isExpired() ? stranger : now;
    }

    /** The number of the connection, as in the log. */
    public long connectionId() {
        return connectionId;
    }

    /** The client's own address and port. */
    InetSocketAddress address() {
        return address;
    }

    /** The present name; empty for a client that is not authenticated. */
    public Optional<String> name() {
        return sender().name();
    }

    /** Whether the present identity has a role. */
    public boolean isInRole(String role) {
        return sender().isInRole(role);
    }

    /** Whether the client accepts notices. */
    boolean takesNotices() {
        return has(Capability.NOTICES);
    }

    /** Sends a notice. @return whether it was sent */
    public boolean push(Record notice) {
        return connected && takesNotices() && pushing.test(notice);
    }

    /** Whether the connection is open. */
    public boolean isConnected() {
        return connected;
    }

    /** The common name of a certificate's subject, or its whole name if it has none. */
    private static String commonName(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        try {
            for (Rdn part : new LdapName(name).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
            return name;
        } catch (InvalidNameException e) {
            return name;
        }
    }
}
