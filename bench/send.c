/* Sends the files that standard input names, a line each, to one URL through curl's multi interface, a few at a time,
 * over connections that are kept. Prints the seconds that it took and the median of the single requests in milliseconds.
 *
 *   send METHOD URL API-KEY AT-A-TIME TIMES <NAMES
 *
 * The files are read before the clock starts; TIMES sends all of them so often. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct body {
    char *bytes;
    long size;
};

static void die(const char *what) {
    fprintf(stderr, "send: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct body read_file(const char *path) {
    struct body body;
    FILE *file = fopen(path, "rb");
    if (!file) die("a file cannot be read");
    fseek(file, 0, SEEK_END);
    body.size = ftell(file);
    rewind(file);
    body.bytes = malloc((size_t)body.size + 1);
    if (!body.bytes || fread(body.bytes, 1, (size_t)body.size, file) != (size_t)body.size) die("a file cannot be read");
    fclose(file);
    return body;
}

static size_t drop(char *bytes, size_t size, size_t count, void *user) {
    (void)bytes;
    (void)user;
    return size * count;
}

static int order(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

int main(int count, char **words) {
    if (count != 6) die("METHOD URL API-KEY AT-A-TIME TIMES");
    int slots = atoi(words[4]), times = atoi(words[5]);
    struct body *bodies = NULL;
    long files = 0;
    char line[4096], key[512];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        bodies = realloc(bodies, (size_t)(files + 1) * sizeof *bodies);
        if (!bodies) die("no memory");
        bodies[files++] = read_file(line);
    }
    long total = files * times, begun = 0, ended = 0;
    double *took = calloc((size_t)total + 1, sizeof *took);
    if (slots < 1 || total < 1 || !took) die("there is nothing to send");

    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    snprintf(key, sizeof key, "api-key: %s", words[3]);
    struct curl_slist *headers = curl_slist_append(NULL, key);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    CURL **handles = calloc((size_t)slots, sizeof *handles);
    double start = now();
    for (int slot = 0; slot < slots && begun < total; slot++) {
        CURL *handle = handles[slot] = curl_easy_init();
        curl_easy_setopt(handle, CURLOPT_URL, words[2]);
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, bodies[begun % files].size);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bodies[begun % files].bytes);
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, words[1]);
        curl_multi_add_handle(multi, handle);
        begun++;
    }
    while (ended < total) {
        int running = 0, left = 0;
        curl_multi_perform(multi, &running);
        CURLMsg *message;
        while ((message = curl_multi_info_read(multi, &left))) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL *handle = message->easy_handle;
            long status = 0;
            curl_off_t microseconds = 0;
            if (message->data.result != CURLE_OK) die(curl_easy_strerror(message->data.result));
            curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
            curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME_T, &microseconds);
            if (status != 200) die("an answer is not 200");
            took[ended++] = (double)microseconds / 1000;
            curl_multi_remove_handle(multi, handle);
            if (begun == total) continue;
            curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, bodies[begun % files].size);
            curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bodies[begun % files].bytes);
            curl_multi_add_handle(multi, handle);
            begun++;
        }
        if (ended < total) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    double seconds = now() - start;
    qsort(took, (size_t)total, sizeof *took, order);
    printf("%.6f %.6f\n", seconds, took[total / 2]);
    return 0;
}
