package io.mesosiam.api.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.pem.PemFiles;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import jakarta.enterprise.event.Event;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiCertificatesTest {
    @TempDir
    private Path directory;

    @Test
    void unusableFilesAreTroubleUntilTheFormerOnesAreBack() throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity first = ca.issue("dns:first");
        TestCa.Identity second = ca.issue("dns:second");
        install(first.certificate(), first.key());
        try (ApiCertificates certificates = certificates()) {
            certificates.start();
            assertThat(certificates.trouble()).isEmpty();

            install(second.certificate(), first.key());
            certificates.reload();
            assertThat(certificates.trouble()).isPresent();
            assertThat(certificates.certificates()).isEqualTo(PemFiles.certificates(first.certificate()));

            install(first.certificate(), first.key());
            certificates.reload();
            assertThat(certificates.trouble()).isEmpty();

            install(second.certificate(), second.key());
            certificates.reload();
            assertThat(certificates.trouble()).isEmpty();
            assertThat(certificates.certificates()).isEqualTo(PemFiles.certificates(second.certificate()));
        }
    }

    private void install(Path certificate, Path key) throws IOException {
        Files.copy(certificate, directory.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(key, directory.resolve("tls.key"), StandardCopyOption.REPLACE_EXISTING);
    }

    private ApiCertificates certificates() {
        ApiConfig config = new ApiConfig() {
            @Override
            public boolean plainHttp() {
                return false;
            }

            @Override
            public Optional<Path> certificateFile() {
                return Optional.of(directory.resolve("tls.crt"));
            }

            @Override
            public Optional<Path> keyFile() {
                return Optional.of(directory.resolve("tls.key"));
            }

            @Override
            public Optional<Path> clientCaFile() {
                return Optional.empty();
            }
        };
        TlsConfiguration tls = answering(TlsConfiguration.class, true);
        @SuppressWarnings("unchecked")
        Event<CertificateUpdatedEvent> updated = answering(Event.class, null);
        return new ApiCertificates(
                config,
                answering(TlsConfigurationRegistry.class, Optional.of(tls)),
                Optional.empty(),
                Optional.empty(),
                updated,
                new TrustedAuthorities());
    }

    /** Each method that is called returns this. */
    private static <T> T answering(Class<T> type, @Nullable Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, _, _) -> answer));
    }
}
