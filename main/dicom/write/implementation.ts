/** What wrote a file, and what speaks at a network; never changed (PS3.7 annex D.3.3.2). */
export const implementationClassUid = '2.25.256584049112329470531166401971984779269';
export const implementationVersionName = 'SYSTOLA_1';
