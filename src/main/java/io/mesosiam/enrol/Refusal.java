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
    TOKEN_BEFORE_EVICTION(
            "the host used the join token before it was evicted, or replaced by another machine: make another token"),
    HOST_EVICTED("the host is evicted"),
    HOST_ENROLLED("the host has a valid certificate for another key: only a join token for its name alone replaces it"),
    TOO_OFTEN("the host got 20 certificates in the last hour, without those that are evicted"),
    CERTIFICATE_UNKNOWN("the certificate of the stream was not issued here"),
    CERTIFICATE_EXPIRED("the certificate of the stream has expired: the host enrols again"),
    CERTIFICATE_EVICTED("the certificate of the stream is evicted, or a join token has replaced it"),
    DOCUMENT_REGION("no certificate of AWS is known for the region of the identity document"),
    DOCUMENT_SIGNATURE("the identity document is not signed with AWS's certificate of its region, by RSA with SHA-256"),
    INSTANCE_ACCOUNT("the instance is in an account that is not allowed"),
    INSTANCE_ADDRESS("the request did not come from a private address of the instance"),
    INSTANCE_UNKNOWN("EC2 doesn't know the instance"),
    INSTANCE_TERMINATED("the instance is terminated"),
    INSTANCE_STATE("the instance is not running"),
    INSTANCE_DOCUMENT("the identity document names another image or address of the instance than EC2"),
    INSTANCE_EARLIER_START("the identity document is of an earlier start of the instance"),
    INSTANCE_LAUNCH("the instance started too long ago"),
    INSTANCE_VPC("the instance is in a VPC that is not allowed"),
    INSTANCE_SUBNET("the instance is in a subnet that is not allowed"),
    INSTANCE_IMAGE("the instance started from an image that is not allowed"),
    INSTANCE_TAG("the instance lacks a tag that is required"),
    INSTANCE_HOSTNAME(
            "the host name is neither the instance's private DNS name, nor an address of it, nor that in its tag"),
    INSTANCE_SUSPENDED("the instance was claimed with two keys: let its host enrol again to end that"),
    INSTANCE_OTHER_KEY(
            "the instance has enrolled with another key: unless it was installed twice, one of the two claims is not the host's"),
    INSTANCE_OTHER_HOST("the instance has enrolled under another host name"),
    HOST_OTHER_PROOF("the host has a valid certificate that another instance or another proof got"),
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
