package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a view contains that was requested at a certain moment. Real namespaces and cgroups. */
class ContainerTableTest {
    private static final String ADDRESS = "192.0.2.17";

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void viewAfterAMomentHasAddressesTakenBeforeItEvenIfARegularScanCameBetween(CgroupVersion version)
            throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config())) {
            LabNetwork network = lab.network();
            lab.container("task", network);
            table.scan();
            network.add(ADDRESS + "/32");
            long asked = System.nanoTime();
            table.scan();

            HostView view = table.viewAfter(asked);

            assertThat(view.namespacesWith(InetAddress.getByName(ADDRESS))).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void viewAfterAMomentHasContainersStartedBeforeItEvenIfARegularScanCameBetween(CgroupVersion version)
            throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config())) {
            table.scan();
            lab.container("task", lab.network());
            long asked = System.nanoTime();
            table.scan();

            assertThat(table.viewAfter(asked).container("task")).isPresent();
        }
    }

    private static ContainerTable table(AttestConfig config) {
        ProcFs proc = new ProcFs(config.proc(), true);
        SocketLookups lookups = new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), true);
        HostScanner scanner = new HostScanner(
                new CgroupTree(config), Optional.empty(), Optional.empty(), new NetClasses(config), proc, lookups);
        return new ContainerTable(scanner, proc, lookups.ofHost(), (started, ended) -> {});
    }
}
