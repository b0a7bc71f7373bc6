package io.mesosiam.enrol.authority;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Requests for certificates as hosts make them, and as they must not make them. */
public final class HostRequests {
    private HostRequests() {}

    public static KeyPair p256() {
        return ec("secp256r1");
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The request that an agent makes. */
    public static String of(KeyPair keys, String host) {
        return pem(keys, keys.getPrivate(), "CN=" + host, List.of(), false);
    }

    /**
     * A request as a test wants it.
     *
     * @param signer the key that signs, which should be that of the pair
     * @param names subject alternative names, each with its type: {@code dns:host1.example}, {@code ip:192.0.2.7}, {@code uri:…}
     */
    static String pem(KeyPair keys, PrivateKey signer, String subject, List<String> names, boolean authority) {
        try {
            PKCS10CertificationRequestBuilder builder =
                    new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic());
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (!names.isEmpty()) {
                extensions.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(names.stream().map(HostRequests::name).toArray(GeneralName[]::new)));
            }
            if (authority) {
                extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            }
            if (!extensions.isEmpty()) {
                builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            String algorithm = signer.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return Pem.text(
                    "CERTIFICATE REQUEST",
                    builder.build(new JcaContentSignerBuilder(algorithm).build(signer))
                            .getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralName name(String typed) {
        String value = typed.substring(typed.indexOf(':') + 1);
        return new GeneralName(
                switch (typed.substring(0, typed.indexOf(':'))) {
                    case "dns" -> GeneralName.dNSName;
                    case "ip" -> GeneralName.iPAddress;
                    default -> GeneralName.uniformResourceIdentifier;
                },
                value);
    }
}
