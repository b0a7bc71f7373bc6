package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is not decided by the deadline of its request is unknown: neither a container nor none. Real cgroups and sockets. */
class AttestationLimitTest extends AttestorFixture {
    private static final Duration LIMIT = Duration.ofMillis(50);

    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseScans() {
        release.countDown();
    }

    /** On a host with thousands of containers a scan takes seconds. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void callerWhoseContainerALongScanHasNotFoundYetIsUnknownAtTheDeadline(CgroupVersion version) throws Exception {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = attestorWithALongSecondScan(lab);
        LabProcess later = lab.container("later");
        Caller caller = lab.connect(later, LOOPBACK);

        assertThat(attestor.attest(caller, Deadline.in(LIMIT))).isInstanceOf(Unknown.class);

        release.countDown();
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Attested.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void callerOutsideOfContainersIsUnknownAtTheDeadlineOfALongScan(CgroupVersion version) throws Exception {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = attestorWithALongSecondScan(lab);
        LabProcess unused = lab.container("later");
        Caller caller = lab.connect(lab.hostProcess(), LOOPBACK);

        assertThat(attestor.attest(caller, Deadline.in(LIMIT)))
                .isEqualTo(new Unknown("the host's containers were not read in time"));

        release.countDown();
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void longScanDelaysNoCallerOfAKnownContainer(CgroupVersion version) throws Exception {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        KernelAttestor attestor = attestorWithALongSecondScan(lab);
        Caller ofLater = lab.connect(lab.container("later"), LOOPBACK);
        assertThat(attestor.attest(ofLater, Deadline.in(LIMIT))).isInstanceOf(Unknown.class);

        assertThat(attestor.attest(lab.connect(task, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Attested.class);
    }

    @Test
    void searchOfProcessesEndsAtTheDeadline() {
        ProcFs proc = new ProcFs(Path.of("/proc"));
        long own = ProcessHandle.current().pid();

        try (DescriptorSearch search = proc.search(1, Deadline.in(Duration.ZERO))) {
            assertThatThrownBy(() -> search.in(own)).isInstanceOf(DescriptorSearch.OutOfTime.class);
            assertThatThrownBy(() -> search.in(own, pid -> false)).isInstanceOf(DescriptorSearch.OutOfTime.class);
        }
        assertThatThrownBy(() -> proc.parents(Deadline.in(Duration.ZERO)))
                .isInstanceOf(DescriptorSearch.OutOfTime.class);
    }

    private KernelAttestor attestorWithALongSecondScan(ContainerLab lab) {
        KernelAttestor attestor = new KernelAttestor(lab.config(), (started, ended) -> {
            if (started.stream().anyMatch(container -> container.id().equals("later"))) {
                awaitRelease();
            }
        });
        open.add(attestor);
        attestor.start();
        return attestor;
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
