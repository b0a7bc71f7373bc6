package io.mesosiam.enrol.authority;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that seals the private keys of intermediates: 32 random bytes in a file, the same file on each controller. Sealed is
 * a nonce of 12 bytes and the ciphertext of AES-256-GCM.
 */
public final class SealingKey {
    public static final int BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private SealingKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, "AES");
    }

    /** Reads the key from its file, which other users must not be able to read. */
    public static SealingKey read(Path file) throws Broken {
        byte[] bytes = PemFiles.read(file);
        if (bytes.length != BYTES) {
            throw new Broken(
                    "has " + bytes.length + " bytes, not " + BYTES,
                    "Copy the file that 'mesos-iam ca init' made to each controller as it is");
        }
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (rights.contains(PosixFilePermission.OTHERS_READ) || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new Broken("can be read or written by every user", "Run chmod 600 on it");
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new Broken("has rights that can't be read", "Put it on a file system with users and rights");
        }
        return new SealingKey(bytes);
    }

    /**
     * Makes the file with a new key.
     *
     * @return false if the file exists
     */
    public static boolean make(Path file) throws IOException {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        try {
            PrivateFile.write(file, bytes);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** @param bound what {@link #open} is given too: the sealed text can't be moved to another certificate */
    byte[] seal(byte[] plain, byte[] bound) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, bound).doFinal(plain);
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has AES-GCM", e);
        }
    }

    /** @throws Broken if it was sealed with another key or for another certificate, or has changed */
    byte[] open(byte[] sealed, byte[] bound) throws Broken {
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), bound)
                    .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new Broken(
                    "is not the key that sealed the intermediate",
                    "Use the file that was there when 'mesos-iam ca' made the intermediate, the same on each controller");
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Broken(
                    "can't open the intermediate's key in the database", "Make another with 'mesos-iam ca rotate'");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] bound) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(bound);
        return cipher;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "SealingKey[…]";
    }
}
