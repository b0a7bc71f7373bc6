package io.mesosiam.enrol.ec2;

import io.mesosiam.enrol.ec2.InstanceIdentity.Malformed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.Set;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * The signed identity document of an instance: PKCS#7 SignedData with its content (RFC 5652), as {@code
 * /latest/dynamic/instance-identity/rsa2048} of the instance metadata service has it. AWS encodes it in BER. It has no
 * certificates; those in a message are ignored.
 */
public final class IdentityDocument {
    /** That of AWS has about 1,100 bytes. */
    public static final int LONGEST = 12 * 1024;

    private static final Set<String> RSA =
            Set.of(PKCSObjectIdentifiers.rsaEncryption.getId(), PKCSObjectIdentifiers.sha256WithRSAEncryption.getId());

    private final InstanceIdentity identity;
    private final SignerInformation signer;

    private IdentityDocument(InstanceIdentity identity, SignerInformation signer) {
        this.identity = identity;
        this.signer = signer;
    }

    /** Reads a message. Nothing in it is proven until {@link #isSignedWith} has returned true. */
    public static IdentityDocument read(byte[] message) throws Malformed {
        if (message.length > LONGEST) {
            throw new Malformed("has more than " + LONGEST + " bytes");
        }
        ByteArrayInputStream bytes = new ByteArrayInputStream(message);
        try (ASN1InputStream objects = new ASN1InputStream(bytes, message.length)) {
            ASN1Primitive first = objects.readObject();
            if (first == null || objects.readObject() != null) {
                throw new Malformed("is not one PKCS#7 message");
            }
            return of(new CMSSignedData(message));
        } catch (IOException | CMSException | RuntimeException e) {
            throw new Malformed("is not one PKCS#7 message of signed data");
        }
    }

    /** The parts of the message are parsed only here; Bouncy Castle throws exceptions of many classes for those that are none. */
    private static IdentityDocument of(CMSSignedData signed) throws Malformed {
        if (!(signed.getSignedContent() != null && signed.getSignedContent().getContent() instanceof byte[] content)) {
            throw new Malformed("has no document in it");
        }
        Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
        if (signers.size() != 1) {
            throw new Malformed("has not exactly one signer");
        }
        return new IdentityDocument(
                InstanceIdentity.read(content), signers.iterator().next());
    }

    /** What the document states. */
    public InstanceIdentity identity() {
        return identity;
    }

    /** Whether it is signed with the key of this certificate, by RSA with SHA-256. */
    public boolean isSignedWith(X509Certificate certificate) {
        if (!(certificate.getPublicKey() instanceof RSAPublicKey key)
                || !signer.getDigestAlgOID().equals(NISTObjectIdentifiers.id_sha256.getId())
                || !RSA.contains(signer.getEncryptionAlgOID())) {
            return false;
        }
        try {
            // by the key alone: the message names its certificate, but nothing in the message is trusted
            return signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(key));
        } catch (CMSException | OperatorCreationException | RuntimeException e) {
            return false;
        }
    }
}
