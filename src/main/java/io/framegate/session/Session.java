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
 * One connection, as far as it is more than a stream of frames: what was agreed on, and who the client is. A worker is given
 * the {@link Sender} of its request: the session under the name that held when the request was read.
 *
 * <p><b>Threads.</b> The reading thread agrees, a worker's thread logs in, any thread looks.
 */
public final class Session {

    private static final int MAX_CLIENT_NAME = 100;

    private final ServerCapabilities facts;
    private final long connectionId;
    private final InetSocketAddress address;
    private final Predicate<Record> pushing;

    // The reading thread's own.
    private boolean begun;

    // Set by one thread, seen by all: each is replaced as a whole.
    private volatile Set<Capability> features = Set.of();
    private volatile String client = "";
    private volatile Sender sender;
    private volatile boolean connected = true;

    private final Sender stranger = new Sender(this, null);

    /**
     * @param certificate what the client has proved to own, if TLS asked it for one: then it is known from the beginning
     * @param pushing sends a notice, or says that it can't
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

    /** A request has been read that is no {@link HelloRequest}: from now on the form of version 1 holds for good. */
    public void begin() {
        begun = true;
    }

    /**
     * Agrees on what both sides know.
     *
     * @return what holds from the next frame on
     * @throws Refusal after another request: its answer may be on its way in the old form
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

    /** The client is known from now on. */
    LoginResponse logIn(Identity known) {
        sender = new Sender(this, known);
        return new LoginResponse(known.name(), known.roles().stream().sorted().toList());
    }

    /** The connection has ended. */
    public void end() {
        connected = false;
    }

    /** Whether this was agreed on. */
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

    /** Whether the client has to log in and never has; one whose login has expired once had. */
    public boolean awaitsLogin() {
        return facts.loginRequired() && sender == stranger;
    }

    /** Whether the client is known. */
    public boolean isKnown() {
        return sender() != stranger;
    }

    /**
     * Who sends what is read at this moment. A login gives later requests another sender; so does its end, once the time of
     * the identity is over.
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

    /** The name of who sends at this moment; empty for a client that is not known. */
    public Optional<String> name() {
        return sender().name();
    }

    /** Whether who sends at this moment has a role. */
    public boolean isInRole(String role) {
        return sender().isInRole(role);
    }

    /** Whether the client takes what nobody asked for. */
    boolean takesNotices() {
        return has(Capability.NOTICES);
    }

    /** Sends a notice. @return false where it was not sent */
    public boolean push(Record notice) {
        return connected && takesNotices() && pushing.test(notice);
    }

    /** Whether the connection is still there. */
    public boolean isConnected() {
        return connected;
    }

    /** The common name of a certificate's owner, or all of its name where it has none. */
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
