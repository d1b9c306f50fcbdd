package io.framegate.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts nobody; what extends it trusts somebody, at an engine, which is all that is used here. */
class EngineTrust extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        throw new CertificateException("no client is trusted");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) throws CertificateException {
        throw new CertificateException("no server is trusted");
    }

    @Override
    public final void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
            throws CertificateException {
        throw new CertificateException("not for sockets");
    }

    @Override
    public final void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
            throws CertificateException {
        throw new CertificateException("not for sockets");
    }

    @Override
    public final void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw new CertificateException("not without an engine");
    }

    @Override
    public final void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
        throw new CertificateException("not without an engine");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
