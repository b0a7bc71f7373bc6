package io.mesosiam.enrol.authority;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * The file with the root's certificate and its private key, which the operator takes away. The key is PKCS#8, encrypted by a
 * passphrase (PBES2: PBKDF2 with HMAC-SHA-256, then AES-256-CBC), so that {@code openssl pkey} reads it, too.
 */
public final class RootFile {
    /** Rounds of PBKDF2: a guess costs an attacker as much as it costs us. */
    public static final int ROUNDS = 1_000_000;

    private static final int SHORTEST_PASSPHRASE = 12;
    private static final int SALT_BYTES = 16;
    private static final String ALGORITHM = "PBEWithHmacSHA256AndAES_256";
    private static final String CURE = "Name the root's file that 'mesos-iam ca init' made";
    private static final SecureRandom RANDOM = new SecureRandom();

    private RootFile() {}

    /** A root with its private key. */
    public record Root(X509Certificate certificate, PrivateKey key) {
        /** Without the key. */
        @Override
        public String toString() {
            return "Root[" + certificate.getSubjectX500Principal() + "]";
        }
    }

    /** Why a passphrase is refused; the list is empty if it is not. */
    public static List<String> faults(char[] passphrase) {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            return List.of("the passphrase has fewer than " + SHORTEST_PASSPHRASE + " characters");
        }
        for (char c : passphrase) {
            if (c < ' ' || c > '~') {
                return List.of("the passphrase has a character that is not printable ASCII");
            }
        }
        return List.of();
    }

    /**
     * Makes the file; never replaces one.
     *
     * @param rounds of PBKDF2, {@link #ROUNDS} but in tests
     */
    public static void write(Path file, Root root, char[] passphrase, int rounds) throws IOException {
        byte[] plain = root.key().getEncoded();
        try {
            byte[] salt = random();
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    derived(passphrase),
                    new PBEParameterSpec(salt, rounds, new IvParameterSpec(random())));
            byte[] encrypted = new EncryptedPrivateKeyInfo(
                            new AlgorithmIdentifier(
                                    PKCSObjectIdentifiers.id_PBES2,
                                    ASN1Primitive.fromByteArray(
                                            cipher.getParameters().getEncoded())),
                            cipher.doFinal(plain))
                    .getEncoded();
            PrivateFile.write(
                    file,
                    Pem.ascii(Pem.of(List.of(root.certificate())) + Pem.text("ENCRYPTED PRIVATE KEY", encrypted)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK encrypts with " + ALGORITHM, e);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Reads a file that {@link #write} made. */
    public static Root read(Path file, char[] passphrase) throws Broken {
        String text = new String(PemFiles.read(file), StandardCharsets.ISO_8859_1);
        X509Certificate certificate = certificate(text);
        byte[] encrypted = Pem.content("ENCRYPTED PRIVATE KEY", text)
                .orElseThrow(() -> new Broken("holds no encrypted private key", CURE));
        byte[] plain = decrypted(encrypted, passphrase);
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(plain));
            if (!PemFiles.belongTogether(key, certificate)) {
                throw new Broken("holds a key that is not the certificate's", "Name the root's own file");
            }
            return new Root(certificate, key);
        } catch (GeneralSecurityException e) {
            // with one of 256 wrong passphrases, what is decrypted ends as padding does
            throw wrongPassphrase();
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static X509Certificate certificate(String text) throws Broken {
        try {
            return Pem.content("CERTIFICATE", text)
                    .map(Pem::certificate)
                    .orElseThrow(() -> new Broken("holds no certificate", CURE));
        } catch (IllegalArgumentException e) {
            throw new Broken("holds something that is no X.509 certificate", CURE);
        }
    }

    private static byte[] decrypted(byte[] encrypted, char[] passphrase) throws Broken {
        try {
            EncryptedPrivateKeyInfo info = EncryptedPrivateKeyInfo.getInstance(encrypted);
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(ALGORITHM);
            parameters.init(info.getEncryptionAlgorithm()
                    .getParameters()
                    .toASN1Primitive()
                    .getEncoded());
            Cipher cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.DECRYPT_MODE, derived(passphrase), parameters);
            return cipher.doFinal(info.getEncryptedData());
        } catch (BadPaddingException e) {
            throw wrongPassphrase();
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new Broken("holds a key that is encrypted in another way", CURE);
        }
    }

    private static Broken wrongPassphrase() {
        return new Broken("can't be decrypted with this passphrase", "Give the passphrase that it was made with");
    }

    private static SecretKey derived(char[] passphrase) throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(passphrase);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[SALT_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
