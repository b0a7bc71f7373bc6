package io.mesosiam.agent.attest;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Attestors of labs, which are closed after each test. */
abstract class AttestorFixture {
    static final String LOOPBACK = "127.0.0.1";

    final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void cleanUp() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable thing : open) {
            thing.close();
        }
    }

    ContainerLab lab(CgroupVersion version) throws IOException {
        ContainerLab lab = ContainerLab.open(version);
        open.add(lab);
        return lab;
    }

    KernelAttestor attestor(ContainerLab lab) {
        return attestor(lab, true);
    }

    KernelAttestor attestor(ContainerLab lab, boolean netlink) {
        KernelAttestor attestor = new KernelAttestor(lab.config(), (started, ended) -> {}, netlink);
        open.add(attestor);
        return attestor;
    }

    static Attested attested(String id, LabProcess first, String by) {
        return new Attested(new Container(id, start(first)), by);
    }

    static long start(LabProcess process) {
        return new ProcFs(Path.of("/proc")).start(process.pid()).orElseThrow();
    }
}
