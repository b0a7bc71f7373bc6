package io.mesosiam.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fleet.StatedEffect.Host;
import io.mesosiam.lease.reconcile.PolicyEffect;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The bounded form of what is in effect where. */
class StatedEffectTest {
    @Test
    void hostsCountByTheVersionTheyConfirmedLast() {
        StatedEffect stated = of(5, host -> host);

        assertThat(stated.hosts()).isEqualTo(5);
        assertThat(stated.inEffect(0)).isEqualTo(5);
        assertThat(stated.inEffect(1)).isEqualTo(4);
        assertThat(stated.inEffect(4)).isEqualTo(1);
        assertThat(stated.inEffect(5)).isZero();
        assertThat(stated.behind())
                .containsExactly(
                        new Host("S0000", 0),
                        new Host("S0001", 1),
                        new Host("S0002", 2),
                        new Host("S0003", 3),
                        new Host("S0004", 4));
    }

    @Test
    void hostsOfTooManyVersionsCountForNone() {
        StatedEffect stated = of(1000, host -> host);

        assertThat(stated.hosts()).isEqualTo(1000);
        assertThat(stated.confirmed()).hasSize(101);
        assertThat(stated.inEffect(900)).isEqualTo(100);
        assertThat(stated.inEffect(1)).as("more are, but the row doesn't say").isEqualTo(100);
        assertThat(stated.behind()).hasSize(100).first().isEqualTo(new Host("S0000", 0));
    }

    @Test
    void thousandsOfHostsOfOneVersionTakeOneEntry() {
        StatedEffect stated = of(5000, _ -> 7);

        assertThat(stated.confirmed()).containsExactly(new StatedEffect.Confirmed(7, 5000));
        assertThat(stated.inEffect(7)).isEqualTo(5000);
    }

    @Test
    void hostThatWaitsToBeServedHasConfirmedNothing() {
        PolicyEffect effect = new PolicyEffect(17, 17, 0, Map.of(new MesosAgentId("S1"), 17L));

        StatedEffect stated = StatedEffect.of(effect.with(Set.of(new MesosAgentId("S1"), new MesosAgentId("S2"))));

        assertThat(stated.hosts()).isEqualTo(2);
        assertThat(stated.inEffect(17)).isEqualTo(1);
        assertThat(stated.behind()).containsExactly(new Host("S2", 0), new Host("S1", 17));
    }

    private static StatedEffect of(int hosts, LongUnaryOperator version) {
        Map<MesosAgentId, Long> confirmed = LongStream.range(0, hosts)
                .boxed()
                .collect(Collectors.toMap(host -> new MesosAgentId("S%04d".formatted(host)), version::applyAsLong));
        return StatedEffect.of(new PolicyEffect(5000, 5000, 0, confirmed));
    }
}
