package io.mesosiam.fakes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * The certificate authority of one test, made with the JDK's keytool, with all PEM files in one directory. Certificates
 * are valid for a day, and for both sides of TLS.
 */
public final class TestCa {
    private static final String PASSWORD = "changeit";
    private static final String CA = "ca";

    /** Certificates start an hour ago, since clocks may lag a little behind the time of the file. */
    private static final String USUAL_START = "-1H";

    private final Path directory;
    private final Path store;

    @GuardedBy("this")
    private int issued;

    private TestCa(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("ca.p12");
    }

    /** Makes a CA whose files go to {@code directory}. */
    public static TestCa in(Path directory) {
        TestCa ca = new TestCa(directory);
        ca.keytool(
                CA, USUAL_START, List.of("-dname", "CN=Test CA", "-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign"));
        writePem(ca.certificateFile(), "CERTIFICATE", ca.certificate(CA));
        return ca;
    }

    /** The CA's own certificate. */
    public Path certificateFile() {
        return directory.resolve("ca.pem");
    }

    /**
     * Signs a certificate for a new P-256 key.
     *
     * @param names its subject alternative names as keytool writes them: {@code dns:localhost}, {@code ip:127.0.0.1}; the
     *     first one's value is the common name
     */
    public Identity issue(String... names) {
        String commonName = names[0].substring(names[0].indexOf(':') + 1);
        return signed(USUAL_START, "-dname", "CN=" + commonName, "-ext", "san=" + String.join(",", names));
    }

    /** Signs a certificate that expired two days ago, with this name. */
    public Identity issueExpired(String name) {
        return signed("-3d", "-dname", "CN=expired", "-ext", "san=" + name);
    }

    /** Signs a certificate that has a common name and no subject alternative names. */
    public Identity issueWithoutNames(String commonName) {
        return signed(USUAL_START, "-dname", "CN=" + commonName);
    }

    private synchronized Identity signed(String start, String... more) {
        String alias = "leaf-" + ++issued;
        List<String> arguments = new ArrayList<>(Arrays.asList(more));
        arguments.addAll(List.of("-ext", "eku=serverAuth,clientAuth", "-signer", CA));
        keytool(alias, start, arguments);
        Path certificate = directory.resolve(alias + ".pem");
        Path key = directory.resolve(alias + ".key");
        writePem(certificate, "CERTIFICATE", certificate(alias));
        writePem(key, "PRIVATE KEY", key(alias));
        return new Identity(certificate, key);
    }

    /**
     * A key and its certificate, as PEM files.
     *
     * @param key PKCS#8, not encrypted
     */
    public record Identity(Path certificate, Path key) {
        /** Key managers for a TLS client or server on the JDK's classes. */
        public KeyManager[] keyManagers() {
            try (InputStream in = Files.newInputStream(certificate)) {
                Certificate[] chain = CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .toArray(Certificate[]::new);
                byte[] pkcs8 =
                        Base64.getDecoder().decode(Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", ""));
                // PKCS12 would derive a key from the password twice, for tens of milliseconds on each connection of a test
                KeyStore store = KeyStore.getInstance("JKS");
                store.load(null, null);
                store.setKeyEntry(
                        "own",
                        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)),
                        new char[0],
                        chain);
                KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                managers.init(store, new char[0]);
                return managers.getKeyManagers();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void keytool(String alias, String start, List<String> more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                // the password protects nothing
                "-J-Dkeystore.pkcs12.keyPbeIterationCount=1",
                "-J-Dkeystore.pkcs12.certPbeIterationCount=1",
                "-J-Dkeystore.pkcs12.macIterationCount=1",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "1",
                "-startdate",
                start,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(more);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool ran", e);
        }
    }

    private byte[] certificate(String alias) {
        try {
            return load().getCertificate(alias).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] key(String alias) {
        try {
            return load().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore load() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writePem(Path file, String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        try {
            Files.writeString(file, "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
