package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.CertificateRequest;

/** Which condition of a signature failed: for the operator's log and the audit trail, never for the host that asked. */
public enum Refusal {
    TOKEN_UNKNOWN("no join token has this id"),
    TOKEN_SECRET("the secret is not that of the join token with this id"),
    TOKEN_REVOKED("the join token is revoked"),
    TOKEN_EXPIRED("the join token has expired"),
    TOKEN_OTHER_HOST("the join token is for another host"),
    TOKEN_OTHER_KEY(
            "the host has used the join token with another key: unless an operator has installed the host twice, the token is stolen"),
    TOKEN_USED("the join token is used up"),
    TOKEN_BEFORE_EVICTION("the join token was used before the host was evicted: make another token"),
    HOST_EVICTED("the host is evicted"),
    HOST_ENROLLED("the host has a valid certificate for another key: only a join token for its name alone replaces it"),
    TOO_OFTEN("the host got 20 certificates in the last hour"),
    CERTIFICATE_UNKNOWN("the certificate of the stream was not issued here"),
    CERTIFICATE_EVICTED("the certificate of the stream is evicted"),
    WEAK_KEY(CertificateRequest.Fault.WEAK_KEY.text()),
    WRONG_SIGNATURE(CertificateRequest.Fault.WRONG_SIGNATURE.text()),
    AUTHORITY(CertificateRequest.Fault.AUTHORITY.text()),
    OTHER_EXTENSION(CertificateRequest.Fault.OTHER_EXTENSION.text()),
    OTHER_NAME(CertificateRequest.Fault.OTHER_NAME.text());

    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    static Refusal of(CertificateRequest.Fault fault) {
        return switch (fault) {
            case WEAK_KEY -> WEAK_KEY;
            case WRONG_SIGNATURE -> WRONG_SIGNATURE;
            case AUTHORITY -> AUTHORITY;
            case OTHER_EXTENSION -> OTHER_EXTENSION;
            case OTHER_NAME -> OTHER_NAME;
        };
    }
}
