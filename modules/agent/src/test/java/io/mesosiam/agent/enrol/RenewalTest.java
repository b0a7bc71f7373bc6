package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import io.mesosiam.agent.link.CertificateExchange;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import java.nio.file.Files;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RenewalTest extends EnrolmentFixture {
    private static final Duration HALF = Duration.ofHours(12);
    private static final Duration TENTH = Duration.ofHours(24).dividedBy(10);

    private final List<AgentMessage> sent = new ArrayList<>();
    private Enrolment enrolment;
    private Object first;

    @BeforeEach
    void enrolled() throws Exception {
        enrolment = started(port.uri());
        enrolment.turn();
        first = keyInUse();
    }

    /** Opens a stream, and moves the clock to the time when the next certificate is requested. */
    private void due() throws Exception {
        enrolment.exchange().opened(sent::add);
        clock.advance(HALF.plus(TENTH));
        enrolment.turn();
    }

    private PublicKey requested() throws Exception {
        return FakeEnrolmentPort.key(((CertificateRequest) sent.getLast()).csr());
    }

    private Certificate answer(TestAuthority by, Leaf leaf, String authorities) throws Exception {
        return new Certificate(by.chain(leaf), authorities);
    }

    private Leaf leaf() throws Exception {
        return Leaf.of(requested(), clock.instant());
    }

    @Test
    void certificateIsRequestedAtHalfOfItsLife() throws Exception {
        enrolment.exchange().opened(sent::add);
        Duration wait = enrolment.turn();
        assertThat(wait).isBetween(HALF.minus(TENTH).minusMinutes(1), HALF.plus(TENTH));
        assertThat(sent).isEmpty();

        clock.advance(wait.minusSeconds(1));
        enrolment.turn();
        assertThat(sent).isEmpty();

        clock.advance(Duration.ofSeconds(1));
        enrolment.turn();
        assertThat(sent).hasSize(1);
        assertThat(requested()).isNotEqualTo(first);
    }

    @Test
    void hostsThatEnrolledTogetherRequestAtDifferentTimes() throws Exception {
        StoredCertificate stored = stored();

        assertThat(IntStream.range(0, 50).mapToObj(seed -> stored.due(new Random(seed * 7919L))))
                .allMatch(due ->
                        due.isAfter(stored.stored().plus(HALF.minus(TENTH).minusMinutes(6)))
                                && due.isBefore(stored.stored().plus(HALF.plus(TENTH))))
                .doesNotHaveDuplicates();
    }

    @Test
    void newCertificateAndKeyAreInUseTogether() throws Exception {
        due();
        PublicKey key = requested();

        enrolment.exchange().issued(answer(own, leaf(), own.rootPem()));
        assertThat(enrolment.turn()).isZero();

        assertThat(keyInUse()).isEqualTo(key);
        assertThat(metrics(enrolment))
                .contains("certificate_rotations_total{outcome=\"rotated\"} 1\n")
                .containsPattern("certificate_expiry_seconds 86[34][0-9]{2}\n");
        clock.advance(Duration.ofMinutes(1));
        enrolment.turn();
        assertThat(sent).hasSize(1);
    }

    @Test
    void eachCertificateHasAKeyOfItsOwn() throws Exception {
        due();
        PublicKey second = requested();
        enrolment.exchange().issued(answer(own, leaf(), own.rootPem()));
        enrolment.turn();
        enrolment.turn();

        clock.advance(HALF.plus(TENTH));
        enrolment.turn();

        assertThat(sent).hasSize(2);
        assertThat(List.of(first, second)).doesNotContain(requested());
    }

    @Test
    void authoritiesOfTheAnswerReplaceTheStoredOnes() throws Exception {
        TestAuthority next = new TestAuthority("next");
        due();
        enrolment.exchange().issued(answer(next, leaf(), own.rootPem() + next.rootPem()));
        enrolment.turn();
        assertThat(stored().authorities()).containsExactly(own.root(), next.root());

        enrolment.turn();
        clock.advance(HALF.plus(TENTH));
        enrolment.turn();
        enrolment.exchange().issued(answer(next, leaf(), next.rootPem()));
        enrolment.turn();
        assertThat(stored().authorities()).containsExactly(next.root());
    }

    @Test
    void unacceptableCertificateIsNotStored() throws Exception {
        TestAuthority other = new TestAuthority("other");
        due();
        for (Certificate wrong : List.of(
                answer(own, Leaf.of(SigningRequest.newKey().getPublic(), clock.instant()), own.rootPem()),
                answer(own, leaf().named(new GeneralName(GeneralName.dNSName, "host-2")), own.rootPem()),
                answer(other, leaf(), other.rootPem()),
                answer(other, leaf(), own.rootPem()),
                answer(own, leaf().valid(Instant.EPOCH, clock.instant()), own.rootPem()),
                new Certificate("rubbish", own.rootPem()))) {
            enrolment.exchange().issued(wrong);

            Duration wait = enrolment.turn();

            assertThat(keyInUse()).isEqualTo(first);
            assertThat(wait).isBetween(Duration.ofMinutes(1), Duration.ofHours(1));
            clock.advance(wait);
            enrolment.turn();
        }
        assertThat(metrics(enrolment)).contains("certificate_rotations_total{outcome=\"unacceptable\"} 6\n");
    }

    @Test
    void refusedRequestIsRepeatedAfterGrowingPauses() throws Exception {
        due();
        Duration before = Duration.ZERO;
        for (int i = 0; i < 10; i++) {
            enrolment.exchange().refused(new CertificateRefused("unavailable", "the key can't be read"));
            Duration wait = enrolment.turn();
            assertThat(wait).isBetween(Duration.ofMinutes(1), Duration.ofHours(1));
            assertThat(sent).hasSize(i + 1);
            before = before.plus(wait);
            if (before.compareTo(Duration.ofHours(8)) > 0) {
                break;
            }
            clock.advance(wait);
            enrolment.turn();
        }
        assertThat(sent).hasSizeGreaterThan(8);
        assertThat(keyInUse()).isEqualTo(first);
        assertThat(log.lines()).anyMatch(line -> line.contains("certificate not renewed"));
    }

    @Test
    void requestWithoutAnswerIsRepeated() throws Exception {
        due();
        clock.advance(Duration.ofMinutes(2));
        enrolment.turn();

        assertThat(sent).hasSize(2);
        assertThat(metrics(enrolment)).contains("certificate_rotations_total{outcome=\"no-answer\"} 1\n");
    }

    @Test
    void endOfAStreamAfterTheNextOneHasOpenedChangesNothing() throws Exception {
        due();
        sent.clear();
        enrolment.exchange().opened(sent::add);
        enrolment.exchange().closed(_ -> {});
        clock.advance(Duration.ofMinutes(2));
        enrolment.turn();

        assertThat(sent).hasSize(1);
    }

    @Test
    void nothingIsRequestedWithoutAStream() throws Exception {
        due();
        sent.clear();
        Consumer<AgentMessage> former = sent::add;
        enrolment.exchange().opened(former);
        enrolment.exchange().closed(former);
        clock.advance(Duration.ofMinutes(2));
        enrolment.turn();
        assertThat(sent).isEmpty();

        int before = wakes.get();
        enrolment.exchange().opened(sent::add);
        assertThat(wakes.get()).isGreaterThan(before);
        enrolment.turn();
        assertThat(sent).hasSize(1);
    }

    @Test
    void answerWithoutARequestIsIgnored() throws Exception {
        enrolment.exchange().opened(sent::add);
        enrolment.exchange().issued(new Certificate(own.chain(Leaf.of(keyInUse(), clock.instant())), own.rootPem()));

        assertThat(enrolment.turn()).isPositive();
        assertThat(keyInUse()).isEqualTo(first);
    }

    @Test
    void certificateThatCantBeStoredLeavesTheOldOneInUse() throws Exception {
        due();
        // the name of the link that is made first
        Files.createDirectories(directory.resolve("state/current.new/occupied"));

        enrolment.exchange().issued(answer(own, leaf(), own.rootPem()));
        assertThat(enrolment.turn()).isPositive();

        assertThat(keyInUse()).isEqualTo(first);
        assertThat(metrics(enrolment)).contains("certificate_rotations_total{outcome=\"not-stored\"} 1\n");
    }

    @Test
    void evictedHostEnrolsAgainWithAnotherTokenWithoutARestart() throws Exception {
        Files.delete(tokenFile());
        enrolment.exchange().notAccepted(true);
        assertThat(enrolment.turn()).isPositive();
        assertThat(keyInUse()).isEqualTo(first);

        writeToken(own.token());
        assertThat(enrolment.turn()).isZero();

        assertThat(keyInUse()).isNotEqualTo(first);
        assertThat(enrolment.turn()).isBetween(HALF.minus(TENTH).minusMinutes(1), HALF.plus(TENTH));
    }

    @Test
    void formerCertificateOfAStreamThatIsNotAcceptedLeavesTheNewOneInUse() throws Exception {
        CertificateExchange former = enrolment.exchange();
        due();
        enrolment.exchange().issued(answer(own, leaf(), own.rootPem()));
        assertThat(enrolment.turn()).isZero();
        PublicKey second = keyInUse();
        CertificateExchange unused = enrolment.exchange();

        former.notAccepted(false);
        writeToken(own.token());

        assertThat(enrolment.turn()).isPositive();
        assertThat(keyInUse()).isEqualTo(second);
    }

    @Test
    void certificateThatAnotherControllerAcceptsIsRenewedAsUsual() throws Exception {
        enrolment.exchange().notAccepted(true);
        due();

        assertThat(sent).hasSize(1);
    }
}
