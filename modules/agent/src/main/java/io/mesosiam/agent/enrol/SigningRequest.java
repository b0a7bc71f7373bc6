package io.mesosiam.agent.enrol;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/**
 * A certificate request (PKCS#10, RFC 2986) for one host name and a P-256 key, signed with ECDSA and SHA-256. It requests one
 * subject alternative name, and no other extension (docs/decisions/0069-the-agent-writes-its-request.md).
 */
final class SigningRequest {
    private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
    private static final byte[] ALTERNATIVE_NAME = Der.oid(2, 5, 29, 17);
    private static final byte[] EXTENSION_REQUEST = Der.oid(1, 2, 840, 113549, 1, 9, 14);
    private static final byte[] ECDSA_WITH_SHA256 = Der.oid(1, 2, 840, 10045, 4, 3, 2);

    private static final byte[] VERSION_1 = Der.value(Der.INTEGER, new byte[] {0});
    private static final byte[] NO_UNUSED_BITS = {0};

    private SigningRequest() {}

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    /** The request in PEM. */
    static String pem(HostName host, KeyPair key) {
        return Pem.text("CERTIFICATE REQUEST", der(host, key));
    }

    static byte[] der(HostName host, KeyPair key) {
        byte[] info = Der.value(
                Der.SEQUENCE,
                VERSION_1,
                subject(host),
                // a public key's encoding is its SubjectPublicKeyInfo
                key.getPublic().getEncoded(),
                Der.value(Der.CONTEXT_0, extensions(host)));
        return Der.value(
                Der.SEQUENCE,
                info,
                Der.value(Der.SEQUENCE, ECDSA_WITH_SHA256),
                Der.value(Der.BIT_STRING, NO_UNUSED_BITS, signature(info, key)));
    }

    private static byte[] subject(HostName host) {
        byte[] name = Der.value(Der.SEQUENCE, COMMON_NAME, Der.text(Der.UTF8_STRING, host.text()));
        return Der.value(Der.SEQUENCE, Der.value(Der.SET, name));
    }

    private static byte[] extensions(HostName host) {
        byte[] names = Der.value(Der.SEQUENCE, host.generalName());
        byte[] extension = Der.value(Der.SEQUENCE, ALTERNATIVE_NAME, Der.value(Der.OCTET_STRING, names));
        return Der.value(Der.SEQUENCE, EXTENSION_REQUEST, Der.value(Der.SET, Der.value(Der.SEQUENCE, extension)));
    }

    private static byte[] signature(byte[] info, KeyPair key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs with P-256", e);
        }
    }
}
