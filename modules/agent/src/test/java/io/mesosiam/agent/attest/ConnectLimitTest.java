package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.CgroupDirectory;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.connect.ConnectLimit;
import io.mesosiam.agent.connect.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections of containers beyond a limit of the kernel. All limits here are of {@value #PER_SECOND} connections a second,
 * and as many at once.
 */
class ConnectLimitTest extends AttestorFixture {
    private static final int PER_SECOND = 2;

    /** More than a limit lets through in a test's time, and fewer than the lab's socket has places for. */
    private static final int MANY = 30;

    private static final List<InetSocketAddress> REDIRECTED =
            List.of(address("169.254.169.254", 80), address("fd00:ec2::23", 80));

    @ParameterizedTest
    @EnumSource
    void containerThatOpensTooManyIsRefusedAndNoOther(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess one = lab.container("one");
        LabProcess other = lab.container("other");
        ConnectLimit limit = limit(lab, LOOPBACK);
        assertThat(limit.refused()).isZero();
        assertThat(limit.lastRefused()).isEmpty();

        int refused = refused(one, LOOPBACK, lab.port(), MANY);

        assertThat(refused).isPositive().isLessThan(MANY);
        assertThat(limit.refused()).isEqualTo(refused);
        assertThat(limit.lastRefused())
                .hasValue(CgroupDirectory.at(lab.groupOf("one")).orElseThrow().inode());
        assertThat(refused(other, LOOPBACK, lab.port(), PER_SECOND)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void containersNestedInOneOutermostContainerHaveItsLimitTogether(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        List<LabProcess> nested = Stream.of("a", "b", "c", "d", "e", "f", "g", "a/deep", "a/deep/deeper")
                .map(name -> lab.container("pod/" + name))
                .toList();
        // of cgroups v2, and deeper than Mesos's root
        limit(lab, LOOPBACK, lab.config().cgroupRoot(), "unified/1/2/3/4/5/6/7/8/mesos-agent.service");

        int refused = nested.stream()
                .mapToInt(process -> refused(process, LOOPBACK, lab.port(), PER_SECOND))
                .sum();

        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void processOfNoContainerIsNotRefused(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        limit(lab, LOOPBACK);

        assertThat(refused(lab.hostProcess(), LOOPBACK, lab.port(), MANY)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void containerWithANetworkOfItsOwnIsRefusedToo(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess process = lab.container("one", network);
        limit(lab, "0.0.0.0");

        assertThat(refused(process, network.hostAddress(), lab.port(), MANY)).isPositive();
    }

    /** All of them reach a socket that listens at 127.0.0.1. */
    @ParameterizedTest
    @CsvSource({"127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:0.0.0.0"})
    void everyAddressThatLeadsToTheAgentIsLimited(String address) throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one");
        limit(lab, LOOPBACK);

        assertThat(refused(process, address, lab.port(), MANY)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"::1", "::"})
    void everyAddressThatLeadsToAnAgentOfIpv6IsLimited(String address) throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one");
        limit(lab, "::1");

        assertThat(refused(process, address, lab.port(), MANY)).isPositive();
    }

    /** There is no rule here that redirects them: those that are let through find no network. */
    @ParameterizedTest
    @CsvSource({"169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::23"})
    void redirectedAddressIsLimited(String address) throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one", lab.network());
        ConnectLimit limit = limit(lab, LOOPBACK);

        assertThat(refused(process, address, 80, MANY)).isPositive();
        assertThat(limit.refused()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"169.254.169.253, 80", "169.254.169.254, 81", "fd00:ec2::24, 80", "0.0.0.0, 80"})
    void otherAddressesAndPortsAreNotLimited(String address, int port) throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one", lab.network());
        limit(lab, LOOPBACK);

        assertThat(refused(process, address, port, MANY)).isZero();
    }

    @Test
    void anotherAddressOfThisHostIsNotLimitedUnlessTheAgentListensAtAll() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one");
        try (ConnectLimit _ = limit(lab, LOOPBACK)) {
            assertThat(refused(process, "127.0.0.2", lab.port(), 10)).isZero();
        }
        limit(lab, "0.0.0.0");

        assertThat(refused(process, "127.0.0.2", lab.port(), MANY)).isPositive();
    }

    @Test
    void onV2ContainersAreLimitedOnceTheirRootIsFound() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess process = lab.container("one");
        ConnectLimit limit = ConnectLimit.start(
                lab.config(), List.of("no/such", lab.config().cgroupRoot() + "/later"), destinations(lab, LOOPBACK), 2);
        open.add(limit);
        assertThat(refused(process, LOOPBACK, lab.port(), 10)).isZero();

        process.run(lab.joining("$$", "later"));
        limit.findGroups();

        assertThat(refused(process, LOOPBACK, lab.port(), MANY)).isPositive();
    }

    /** As with Mesos's root in a slice that is named for the fetcher. */
    @Test
    void ofTwoRootsAroundAContainerTheDeeperOneCounts() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess one = lab.container("one");
        LabProcess other = lab.hostProcess();
        Path beside = Files.createDirectories(lab.groupOf("one").resolveSibling("other"));
        other.run("echo $$ > " + beside.resolve("cgroup.procs"));
        String root = lab.config().cgroupRoot();
        limit(lab, LOOPBACK, root + "/one", root);

        assertThat(refused(one, LOOPBACK, lab.port(), MANY)).isPositive();
        assertThat(refused(other, LOOPBACK, lab.port(), PER_SECOND)).isZero();
    }

    /** As the processes of the Mesos agent's unit are. */
    @Test
    void processesInTheRootsThemselvesHaveALimitForEachRoot() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess one = lab.container("one");
        LabProcess other = lab.container("other");
        Path root = Path.of(lab.config().cgroupRoot());
        limit(
                lab,
                LOOPBACK,
                root.resolve("one/leaf").toString(),
                root.resolve("other/leaf").toString());

        assertThat(refused(one, LOOPBACK, lab.port(), MANY)).isPositive();
        assertThat(refused(other, LOOPBACK, lab.port(), PER_SECOND)).isZero();
    }

    @Test
    void nothingIsRefusedAfterTheEnd() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one");
        limit(lab, LOOPBACK).close();

        assertThat(refused(process, LOOPBACK, lab.port(), MANY)).isZero();
    }

    @Test
    void connectionsOfMptcpAreLimited() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess process = lab.container("one");
        limit(lab, LOOPBACK);

        assertThat(process.run("perl -e '" + """
                use Socket; my $refused = 0;
                for (1..%d) { socket(my $s, PF_INET, SOCK_STREAM, 262) or die "no MPTCP";
                  connect($s, pack_sockaddr_in(%d, inet_aton("127.0.0.1"))) or $!{EPERM} and $refused++; push @s, $s; }
                print "$refused\\n";""".formatted(MANY, lab.port()) + "'"))
                .isNotEqualTo("0");
    }

    private ConnectLimit limit(ContainerLab lab, String listening) throws IOException {
        return limit(lab, listening, lab.config().cgroupRoot());
    }

    private ConnectLimit limit(ContainerLab lab, String listening, String... roots) throws IOException {
        try {
            ConnectLimit limit =
                    ConnectLimit.start(lab.config(), List.of(roots), destinations(lab, listening), PER_SECOND);
            open.add(limit);
            return limit;
        } catch (IOException | LinkageError e) {
            ContainerLab.assume(false, "the kernel doesn't limit connections: " + e.getMessage());
            throw e;
        }
    }

    private static Destinations destinations(ContainerLab lab, String listening) {
        return new Destinations(address(listening, lab.port()), REDIRECTED);
    }

    private static InetSocketAddress address(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    /** Has a container's shell connect, and returns how many connections it may not open. */
    private static int refused(LabProcess process, String address, int port, int times) {
        return Integer.parseInt(process.run(
                "refused=0; for i in $(seq %d); do case $( { exec 3<>/dev/tcp/%s/%d; } 2>&1 ) in *'not permitted'*) refused=$((refused + 1));; esac; done; echo $refused"
                        .formatted(times, address, port)));
    }
}
