package io.mesosiam.signin;

import java.security.cert.X509Certificate;

/** The authorities of client certificates that the API's port trusts at present; the port implements it. */
public interface ClientAuthorities {
    /** Changes with the authorities: what was trusted at one version is trusted as long as the version is the same. */
    long version();

    /** Whether one of the authorities has issued this certificate, the first of the chain that the caller sent. */
    boolean trust(X509Certificate[] chain);
}
