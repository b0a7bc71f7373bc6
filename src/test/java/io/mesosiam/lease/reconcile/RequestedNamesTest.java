package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tasks choose the names that they request, and executors how many containers they nest. */
class RequestedNamesTest {
    private static final ContainerId POD = ContainerId.of("pod");

    private final RequestedNames requests = new RequestedNames();

    private int request(ContainerId container, int names) {
        for (int i = 0; i < names; i++) {
            requests.add(container, new CredentialName("n" + i));
        }
        return requests.of(container).size();
    }

    private int requestNested(ContainerId pod, int containers) {
        int sum = 0;
        for (int i = 0; i < containers; i++) {
            sum += request(pod.child("c" + i), RequestedNames.MOST_OF_CONTAINER);
        }
        return sum;
    }

    /** Pods that use up what the containers of a host have in common. */
    private void fill() {
        for (int i = 0; requestNested(ContainerId.of("p" + i), 256) > RequestedNames.OWN; i++) {
            assertThat(i).isLessThan(100);
        }
    }

    @Test
    void containerRequestsSomeNames() {
        assertThat(request(POD, 100)).isEqualTo(RequestedNames.MOST_OF_CONTAINER);
        assertThat(requests.isOf(POD)).isTrue();
        assertThat(requests.isOf(POD.child("c"))).isFalse();
    }

    @Test
    void nestedContainersShareTheNamesOfTheOutermostOne() {
        assertThat(requestNested(POD, 256)).isEqualTo(RequestedNames.MOST_OF_OUTERMOST);
        assertThat(request(POD, 1)).isZero();
        assertThat(request(POD.child("late"), 1)).isZero();
    }

    @Test
    void otherContainersHaveRoomForTheirOwnNames() {
        fill();

        assertThat(request(ContainerId.of("task"), 100)).isEqualTo(RequestedNames.OWN);
        assertThat(requestNested(ContainerId.of("other"), 256)).isEqualTo(RequestedNames.OWN);
    }

    @Test
    void endOfAContainerMakesRoom() {
        fill();
        for (int i = 0; i < 256; i++) {
            requests.remove(ContainerId.of("p0").child("c" + i));
        }

        assertThat(requestNested(ContainerId.of("p0"), 256)).isEqualTo(RequestedNames.MOST_OF_OUTERMOST);
    }

    /** As many names as an agent may have to read, and no more. */
    @Test
    void namesOfAHostAreBounded() {
        int all = 0;
        for (int i = 0; i < 2000; i++) {
            all += request(ContainerId.of("task-" + i), 100);
        }

        assertThat(all).isEqualTo(RequestedNames.MOST_OF_HOST);
    }

    @Test
    void containersThatAreNotKeptMakeRoom() {
        fill();
        requests.retain(Set.of(ContainerId.of("p0").child("c0")));

        assertThat(requests.containers()).isEqualTo(1);
        assertThat(requestNested(POD, 256)).isEqualTo(RequestedNames.MOST_OF_OUTERMOST);
    }

    @Test
    void sameNameIsRequestedOnce() {
        for (int i = 0; i < 1000; i++) {
            assertThat(request(POD, 3)).isEqualTo(3);
        }
        assertThat(request(POD, 4)).isEqualTo(4);
    }
}
