package io.mesosiam.signin;

/** The way in which a caller signed in. */
public enum SignIn {
    /** A token of an OpenID Connect provider, or a session that a browser got from one. */
    OIDC("oidc"),
    /** An API token. */
    TOKEN("token"),
    /** A TLS client certificate. */
    CERTIFICATE("certificate"),
    /** The bootstrap token of the first start. */
    BOOTSTRAP("bootstrap"),
    /** No credential, on a loopback port with plain HTTP whose setting gives such callers a role. */
    LOOPBACK("loopback");

    private final String text;

    SignIn(String text) {
        this.text = text;
    }

    /** The way as audit events name it. */
    public String text() {
        return text;
    }
}
