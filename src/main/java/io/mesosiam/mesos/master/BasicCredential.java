package io.mesosiam.mesos.master;

import io.mesosiam.mesos.master.MasterFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * Builds the {@code Authorization} header (RFC 7617) of the principal. The secret file is read for each request, so a
 * changed secret takes effect without a restart.
 */
final class BasicCredential {
    private static final long MAX_SECRET = 64 * 1024;

    private final Optional<String> principal;
    private final Optional<Path> secretFile;

    BasicCredential(Optional<String> principal, Optional<Path> secretFile) {
        if (principal.isPresent() != secretFile.isPresent()) {
            throw new IllegalArgumentException(
                    "mesos-iam.mesos.principal and mesos-iam.mesos.secret-file must be set together");
        }
        this.principal = principal;
        this.secretFile = secretFile;
    }

    Optional<String> header() throws MasterFailure {
        if (principal.isEmpty() || secretFile.isEmpty()) {
            return Optional.empty();
        }
        String pair = principal.get() + ":" + read(secretFile.get());
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private static String read(Path file) throws MasterFailure {
        try {
            if (Files.size(file) > MAX_SECRET) {
                throw new MasterFailure(Kind.UNAUTHORISED, "secret file " + file + " is larger than 64 KiB");
            }
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw new MasterFailure(Kind.UNAUTHORISED, "secret file " + file + " can't be read", e);
        }
    }
}
