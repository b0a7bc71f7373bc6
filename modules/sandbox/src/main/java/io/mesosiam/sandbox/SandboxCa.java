package io.mesosiam.sandbox;

import io.mesosiam.sandbox.process.JavaProgram;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The certificate authority of one sandbox run. The JDK can sign certificates only with its keytool, so keytool is
 * used; keys and certificates are then written as PEM files that only the owner can read.
 */
public final class SandboxCa {
    private static final String CA = "ca";
    private static final String DAYS = "2";
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private final Path directory;
    private final Path store;
    private final String password;

    private SandboxCa(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("ca.p12");
        this.password = HexFormat.of().formatHex(SecureRandom.getSeed(16));
    }

    /** The files of one key pair. */
    public record KeyFiles(Path certificate, Path key, Path ca) {}

    /** The side of a TLS connection that a certificate is for. */
    public enum End {
        SERVER("serverAuth"),
        CLIENT("clientAuth");

        private final String keyUsage;

        End(String keyUsage) {
            this.keyUsage = keyUsage;
        }
    }

    /** Creates a CA in a directory, which must be accessible to the owner only. */
    public static SandboxCa in(Path directory) throws IOException, InterruptedException {
        var ca = new SandboxCa(directory);
        ca.keytool(CA, Optional.empty(), "bc:c=ca:true,pathlen:0", "ku:c=keyCertSign,cRLSign");
        ca.write("ca.pem", "CERTIFICATE", ca.certificate(CA));
        return ca;
    }

    /**
     * Signs a new key pair's certificate.
     *
     * @param names subject alternative names as keytool writes them: {@code dns:localhost}, {@code ip:127.0.0.1}
     */
    public KeyFiles issue(String name, End end, List<String> names) throws IOException, InterruptedException {
        keytool(
                name,
                Optional.of(CA),
                "san=" + String.join(",", names),
                "ku:c=digitalSignature",
                "eku=" + end.keyUsage);
        return new KeyFiles(
                write(name + ".pem", "CERTIFICATE", certificate(name)),
                write(name + ".key", "PRIVATE KEY", key(name)),
                directory.resolve("ca.pem"));
    }

    private void keytool(String alias, Optional<String> signer, String... extensions)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(JavaProgram.java()).resolveSibling("keytool").toString(),
                "-genkeypair",
                "-J-XX:TieredStopAtLevel=1",
                "-J-Xshare:auto",
                "-alias",
                alias,
                "-dname",
                "CN=mesos-iam sandbox " + alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                DAYS,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                "STORE_PASSWORD"));
        signer.ifPresent(by -> command.addAll(List.of("-signer", by)));
        for (String extension : extensions) {
            command.addAll(List.of("-ext", extension));
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.PIPE);
        builder.environment().put("STORE_PASSWORD", password);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool could not make the certificate of " + alias + ": " + output.strip());
        }
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));
    }

    private byte[] certificate(String alias) throws IOException {
        try {
            Certificate certificate = keyStore().getCertificate(alias);
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException("can't read the certificate of " + alias, e);
        }
    }

    private byte[] key(String alias) throws IOException {
        try {
            return keyStore().getKey(alias, password.toCharArray()).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IOException("can't read the key of " + alias, e);
        }
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), password.toCharArray());
    }

    private Path write(String name, String kind, byte[] der) throws IOException {
        Path file = directory.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(
                file, "-----BEGIN " + kind + "-----\n" + PEM.encodeToString(der) + "\n-----END " + kind + "-----\n");
    }
}
