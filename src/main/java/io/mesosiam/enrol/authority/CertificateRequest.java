package io.mesosiam.enrol.authority;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A request of a host for a certificate (PKCS#10, RFC 2986), as far as it matters here. */
public final class CertificateRequest {
    private static final int LEAST_RSA_BITS = 3072;
    private static final int MOST_RSA_BITS = 8192;

    /** Keys have an exponent of 17 bits; verifying a signature takes time in proportion to it. */
    private static final int MOST_EXPONENT_BITS = 64;

    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);

    /** What a request may ask for without effect: the certificate has these as the authority sets them. */
    private static final Set<ASN1ObjectIdentifier> HARMLESS = Set.of(
            Extension.subjectAlternativeName,
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectKeyIdentifier);

    private final PublicKey key;
    private final Optional<Fault> fault;

    private CertificateRequest(PublicKey key, Optional<Fault> fault) {
        this.key = key;
        this.fault = fault;
    }

    /** Why a request is not signed. */
    public enum Fault {
        WEAK_KEY(
                "the key is not EC on P-256 or P-384, nor RSA with 3072 to 8192 bits and an exponent of at most 64 bits"),
        WRONG_SIGNATURE("the request is not signed with the key that it has"),
        AUTHORITY("the request asks for the certificate of an authority"),
        OTHER_EXTENSION("the request asks for an extension that hosts don't get"),
        OTHER_NAME(
                "the request has another name than the host's: its subject is CN=host, and it has that name or none beside it");

        private final String text;

        Fault(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    /** A text that is no request at all; the message has nothing of it. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads a request.
     *
     * @param host the name that the certificate is to have
     */
    public static CertificateRequest read(String pem, HostName host) throws Malformed {
        byte[] der = Pem.content("CERTIFICATE REQUEST", pem)
                .orElseThrow(() -> new Malformed("has no PEM block CERTIFICATE REQUEST"));
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
            if (!Arrays.equals(request.getEncoded(), der)) {
                throw new Malformed("is not one PKCS#10 request in DER");
            }
            Optional<Fault> weak = weak(request);
            // other keys may be of no use to the JDK
            PublicKey key = request.getPublicKey();
            return new CertificateRequest(
                    key,
                    weak.or(() -> weak(key))
                            .or(() -> unsigned(request, key))
                            .or(() -> extension(request))
                            .or(() -> otherName(request, host)));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new Malformed("is no PKCS#10 request");
        }
    }

    public PublicKey key() {
        return key;
    }

    /** SHA-256 of the public key. */
    public byte[] keyHash() {
        return Pem.sha256(key.getEncoded());
    }

    /** The first fault; empty if the request can be signed. */
    public Optional<Fault> fault() {
        return fault;
    }

    private static Optional<Fault> weak(JcaPKCS10CertificationRequest request) {
        var algorithm = request.getSubjectPublicKeyInfo().getAlgorithm();
        return algorithm.getAlgorithm().getId().equals("1.2.840.10045.2.1")
                        && !CURVES.contains(ASN1ObjectIdentifier.getInstance(algorithm.getParameters()))
                ? Optional.of(Fault.WEAK_KEY)
                : Optional.empty();
    }

    private static Optional<Fault> weak(PublicKey key) {
        boolean strong =
                switch (key) {
                    case RSAPublicKey rsa ->
                        rsa.getModulus().bitLength() >= LEAST_RSA_BITS
                                && rsa.getModulus().bitLength() <= MOST_RSA_BITS
                                && rsa.getPublicExponent().bitLength() <= MOST_EXPONENT_BITS;
                    default -> key.getAlgorithm().equals("EC");
                };
        return strong ? Optional.empty() : Optional.of(Fault.WEAK_KEY);
    }

    private static Optional<Fault> unsigned(JcaPKCS10CertificationRequest request, PublicKey key) {
        try {
            return request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))
                    ? Optional.empty()
                    : Optional.of(Fault.WRONG_SIGNATURE);
        } catch (OperatorCreationException | PKCSException e) {
            return Optional.of(Fault.WRONG_SIGNATURE);
        }
    }

    private static Optional<Fault> extension(JcaPKCS10CertificationRequest request) {
        Extensions wanted = request.getRequestedExtensions();
        if (wanted == null) {
            return Optional.empty();
        }
        Extension constraints = wanted.getExtension(Extension.basicConstraints);
        if (constraints != null
                && BasicConstraints.getInstance(constraints.getParsedValue()).isCA()) {
            return Optional.of(Fault.AUTHORITY);
        }
        return HARMLESS.containsAll(List.of(wanted.getExtensionOIDs()))
                ? Optional.empty()
                : Optional.of(Fault.OTHER_EXTENSION);
    }

    private static Optional<Fault> otherName(JcaPKCS10CertificationRequest request, HostName host) {
        List<String> names = new ArrayList<>();
        for (RDN part : request.getSubject().getRDNs()) {
            boolean common = !part.isMultiValued() && part.getFirst().getType().equals(BCStyle.CN);
            names.add(common ? IETFUtils.valueToString(part.getFirst().getValue()) : "");
        }
        boolean subject = names.size() == 1 && isHost(names.getFirst(), host);
        Extensions wanted = request.getRequestedExtensions();
        GeneralNames alternatives =
                wanted == null ? null : GeneralNames.fromExtensions(wanted, Extension.subjectAlternativeName);
        boolean alternative = alternatives == null
                || (alternatives.getNames().length == 1
                        && isHost(text(alternatives.getNames()[0]), host));
        return subject && alternative ? Optional.empty() : Optional.of(Fault.OTHER_NAME);
    }

    private static boolean isHost(String text, HostName host) {
        return HostName.of(text).filter(host::equals).isPresent();
    }

    /** Empty for a name of another kind. */
    private static String text(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> name.getName().toString();
            case GeneralName.iPAddress -> {
                try {
                    yield InetAddress.getByAddress(
                                    ASN1OctetString.getInstance(name.getName()).getOctets())
                            .getHostAddress();
                } catch (UnknownHostException e) {
                    yield "";
                }
            }
            default -> "";
        };
    }
}
