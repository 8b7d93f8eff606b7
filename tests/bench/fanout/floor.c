/* The floor of the fan-out bench: one send() for each delivery, nothing else. Frames are patched in place. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

static void digits(char *at, int width, long long value) {
    for (int i = width - 1; i >= 0; i--, value /= 10) at[i] = '0' + value % 10;
}

static int send_all(int fd, const char *data, int size) {
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd wait = {fd, POLLOUT, 0};
            poll(&wait, 1, 1000);
            continue;
        }
        if (sent < 0) return -1;
        data += sent, size -= sent;
    }
    return 0;
}

/* `each` events are joined into one send per socket: 1 is the plain floor. Returns sockets that failed. */
int floor_fan(const int *fds, int count, char *frames, int frame_bytes, int seq_at, int seq_digits,
              int stamp_at, int stamp_digits, long long seq, int each) {
    struct timespec now;
    int failed = 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (int i = 0; i < each; i++) {
        char *frame = frames + i * frame_bytes;
        digits(frame + seq_at, seq_digits, seq + i);
        digits(frame + stamp_at, stamp_digits, now.tv_sec * 1000000000LL + now.tv_nsec);
    }
    for (int i = 0; i < count; i++) failed += send_all(fds[i], frames, frame_bytes * each) < 0;
    return failed;
}
