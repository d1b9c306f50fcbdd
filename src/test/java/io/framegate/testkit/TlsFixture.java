package io.framegate.testkit;

import io.framegate.tls.Contexts;
import io.framegate.tls.KeySource;
import io.framegate.tls.TlsContext;
import io.framegate.tls.TlsFileException;
import io.framegate.tls.TlsSettings;
import io.framegate.tls.TlsSettings.ClientCertificate;
import io.framegate.tls.TlsSettings.Version;
import io.framegate.tls.TrustSource;
import io.framegate.transport.AccessRules;
import io.framegate.transport.AddressRanges;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server's certificate in a directory, an authority of clients, and what a test needs of both. */
public final class TlsFixture {

    private static final String CHAIN = "chain.pem";
    private static final String KEY = "key.pem";
    private static final String CLIENTS = "clients.pem";

    public final Certificates authority = Certificates.authority("Framegate Test Authority");
    public final Certificates clients = Certificates.authority("Framegate Test Clients");
    private final Path directory;

    public TlsFixture(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        authority.trust(authorityFile());
        clients.trust(clientsFile());
        serve(authority.issue("gate", "EC"));
    }

    /** Puts this certificate into the place of the server's. */
    public void serve(Certificates.Issued issued) throws IOException, GeneralSecurityException {
        issued.key(keyFile());
        issued.chain(chainFile());
    }

    public Path chainFile() {
        return directory.resolve(CHAIN);
    }

    public Path keyFile() {
        return directory.resolve(KEY);
    }

    public Path authorityFile() {
        return directory.resolve("authority.pem");
    }

    public Path clientsFile() {
        return directory.resolve(CLIENTS);
    }

    public TlsSettings settings(ClientCertificate client, Version version) {
        return settings(directory, client, version);
    }

    /** The same, with a file of revocation lists, and this time between two looks. */
    public TlsSettings settings(ClientCertificate client, Path revocations, Duration reloadInterval) {
        TlsSettings usual = settings(client, Version.TLS_1_2);
        return new TlsSettings(
                usual.identity(),
                usual.trust(),
                client,
                usual.minVersion(),
                usual.handshakeTimeout(),
                usual.maxHandshakes(),
                usual.handshakeThreads(),
                reloadInterval,
                Optional.of(revocations));
    }

    private static TlsSettings settings(Path directory, ClientCertificate client, Version version) {
        return new TlsSettings(
                new KeySource.Pem(directory.resolve(CHAIN), directory.resolve(KEY)),
                Optional.of(new TrustSource.Pem(directory.resolve(CLIENTS))),
                client,
                version,
                Duration.ofSeconds(10),
                1000,
                2,
                Duration.ofHours(1));
    }

    public TlsContext server() throws TlsFileException {
        return TlsContext.load(settings(ClientCertificate.NONE, Version.TLS_1_2));
    }

    /** A port that speaks TLS by this, for everybody. */
    public static AccessRules rules(TlsContext tls) {
        return new AccessRules(AddressRanges.NONE, AddressRanges.NONE, false, AddressRanges.NONE, tls);
    }

    /** For another process: a port that speaks TLS by what a fixture has put into a directory, for everybody. */
    public static AccessRules rules(Path directory) throws TlsFileException {
        return rules(TlsContext.load(settings(directory, ClientCertificate.NONE, Version.TLS_1_2)));
    }

    /** A client that trusts the server, and shows nothing. */
    public SSLContext client() throws TlsFileException {
        return Contexts.client(Optional.of(new TrustSource.Pem(authorityFile())), Optional.empty());
    }

    /** A client that trusts the server, and shows this. */
    public SSLContext client(Certificates.Issued shown) throws IOException, GeneralSecurityException, TlsFileException {
        Path chain = shown.chain(directory.resolve("client.pem"));
        Path key = shown.key(directory.resolve("client-key.pem"));
        return Contexts.client(
                Optional.of(new TrustSource.Pem(authorityFile())), Optional.of(new KeySource.Pem(chain, key)));
    }

    /** A raw client of this protocol, TLSv1.2 or TLSv1.3. */
    public RawClient connect(InetSocketAddress address, String protocol) throws IOException, TlsFileException {
        return new RawClient(handshaken(client(), plain(address), address, protocol));
    }

    /** TLS over a socket that is connected; the handshake is done. */
    public static SSLSocket handshaken(SSLContext context, Socket plain, InetSocketAddress address, String protocol)
            throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", address.getPort(), true);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return socket;
    }

    /** A connected socket without TLS. */
    public static Socket plain(InetSocketAddress address) throws IOException {
        return connected(new Socket(), address);
    }

    /** A connected socket that sends every byte in a segment of its own. */
    public static Socket slicing(InetSocketAddress address) throws IOException {
        return connected(
                new Socket() {
                    @Override
                    public OutputStream getOutputStream() throws IOException {
                        return new FilterOutputStream(super.getOutputStream()) {
                            @Override
                            public void write(byte[] bytes, int offset, int length) throws IOException {
                                for (int i = 0; i < length; i++) {
                                    out.write(bytes[offset + i]);
                                }
                            }
                        };
                    }
                },
                address);
    }

    private static Socket connected(Socket socket, InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        socket.connect(address, 20_000);
        return socket;
    }
}
