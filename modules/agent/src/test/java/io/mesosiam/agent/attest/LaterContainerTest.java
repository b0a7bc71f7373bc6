package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A container inherits nothing from an earlier one with its network, address, cgroup or id. */
class LaterContainerTest extends AttestorFixture {
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerThatStartsInAKnownNetworkIsNotTheFormerOne(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess pod = lab.container("pod", network);
        KernelAttestor attestor = attestor(lab);
        assertThat(attestor.attest(lab.connect(pod, network.hostAddress()), Deadlines.ample()))
                .isInstanceOf(Attested.class);

        LabProcess nested = lab.container("pod/nested", network);

        assertThat(attestor.attest(lab.connect(nested, network.hostAddress()), Deadlines.ample()))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("pod/nested", start(nested)));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nextContainerAtAnAddressInheritsNothing(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        KernelAttestor attestor = attestor(lab);
        LabProcess old = lab.container("old", network);
        Caller caller = lab.connect(old, network.hostAddress());
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Attested.class);

        old.close();
        LabProcess young = lab.container("young", network);

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
        assertThat(attestor.attest(lab.connect(young, network.hostAddress()), Deadlines.ample()))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("young", start(young)));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void recreatedCgroupIsAnotherContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        KernelAttestor attestor = attestor(lab);
        LabProcess before = lab.container("same-id", network);
        assertThat(attestor.attest(lab.connect(before, network.hostAddress()), Deadlines.ample()))
                .isInstanceOf(Attested.class);
        long startBefore = start(before);

        before.close();
        lab.removeGroup("same-id");
        LabProcess after = startedAfter(startBefore, () -> lab.container("same-id", network));

        assertThat(attestor.attest(lab.connect(after, network.hostAddress()), Deadlines.ample()))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("same-id", start(after)));
    }

    /**
     * Repeats the start until the process has another start time: it counts hundredths of a second, so two processes
     * may share one.
     */
    private static LabProcess startedAfter(long ticks, Supplier<LabProcess> another) {
        LabProcess process = another.get();
        while (start(process) <= ticks) {
            process.close();
            process = another.get();
        }
        return process;
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void restOfAContainerWithoutItsFirstProcessIsNotThatContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess first = lab.container("task");
        KernelAttestor attestor = attestor(lab);
        Caller caller = lab.connect(first, LOOPBACK);
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Attested.class);
        Container before = ((Attested) attestor.attest(caller, Deadlines.ample())).container();

        LabProcess later = startedAfter(before.startTicks(), () -> lab.container("task"));
        first.close();

        assertThat(attestor.attest(lab.connect(later, LOOPBACK), Deadlines.ample()))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("task", start(later)))
                .isNotEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void listenerIsNotifiedOfChanges(CgroupVersion version) throws Exception {
        ContainerLab lab = lab(version);
        LabProcess there = lab.container("there");
        var changes = Collections.synchronizedList(new ArrayList<String>());
        var startSeen = new CountDownLatch(1);
        var endSeen = new CountDownLatch(1);
        KernelAttestor attestor = new KernelAttestor(lab.config(), new ContainerListener() {
            @Override
            public void changing(List<Container> started, List<Container> ended) {
                started.forEach(c -> changes.add("+" + c.id()));
                ended.forEach(c -> changes.add("-" + c.id()));
            }

            @Override
            public void changed() {
                if (changes.contains("+there/nested")) {
                    startSeen.countDown();
                }
                if (changes.contains("-there")) {
                    endSeen.countDown();
                }
            }
        });
        open.add(attestor);
        attestor.start();
        assertThat(attestor.running()).containsExactly(new Container("there", start(there)));

        lab.container("there/nested");
        assertThat(startSeen.await(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        there.close();
        assertThat(endSeen.await(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        assertThat(changes).containsExactly("+there", "+there/nested", "-there");
        assertThat(attestor.running()).extracting(Container::id).containsExactly("there/nested");
    }
}
